/** This computer itself: its names, 127.0.0.0/8 and ::1. What goes there is read by nobody on the way. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
