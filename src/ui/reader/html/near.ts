import { createSignal, onCleanup, onMount } from "solid-js";

/** This near to what is in sight counts. px */
const MARGIN = 800;

/** Whether the element is about to be seen; once it was, it stays so. A frame further away is not worth its memory. */
export function createNear(): [near: () => boolean, ref: (element: Element) => void] {
  const [near, setNear] = createSignal(false);
  let place: Element | undefined;
  const watch = new IntersectionObserver(
    (entries) => {
      if (entries.some((e) => e.isIntersecting)) found();
    },
    // Of the reader, which scrolls by itself.
    { scrollMargin: `${MARGIN}px` },
  );
  const found = (): void => {
    watch.disconnect();
    setNear(true);
  };
  onMount(() => {
    if (place === undefined) return;
    // An observer tells of it a frame later, and most messages stand in sight when they are opened.
    const { top, bottom, width } = place.getBoundingClientRect();
    if (width > 0 && bottom > -MARGIN && top < innerHeight + MARGIN) found();
    else watch.observe(place);
  });
  onCleanup(() => watch.disconnect());
  return [near, (element) => (place = element)];
}
