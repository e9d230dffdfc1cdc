import { createSignal, onCleanup } from "solid-js";

/** Whether the element is about to be seen; once it was, it stays so. A frame further away is not worth its memory. */
export function createNear(): [near: () => boolean, ref: (element: Element) => void] {
  const [near, setNear] = createSignal(false);
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      setNear(true);
      watch.disconnect();
    },
    // Of the reader, which scrolls by itself.
    { scrollMargin: "800px" },
  );
  onCleanup(() => watch.disconnect());
  return [near, (element) => watch.observe(element)];
}
