/** Prints one part of the page and nothing else, where it stands: a frame in it loses its content when it is moved. */
import "./print-alone.css";

const PATH = "print-path";
const ONLY = "print-only";

/** `end` runs once it is printed, or was not. */
export function printAlone(part: HTMLElement, end: () => void = () => undefined): void {
  const path: Element[] = [];
  for (let at = part.parentElement; at !== null; at = at.parentElement) path.push(at);
  part.classList.add(ONLY);
  for (const element of path) element.classList.add(PATH);
  const over = (): void => {
    part.classList.remove(ONLY);
    for (const element of path) element.classList.remove(PATH);
    end();
  };
  addEventListener("afterprint", over, { once: true });
  print();
}
