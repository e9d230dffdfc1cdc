/** The picture that stands before the mail: what it shows, what it refuses, and what is done to it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Part, pictureName } from "../../src/ui/picture/picture.ts";
import { showPicture } from "../../src/ui/picture/show-picture.ts";

let app: HTMLElement;

beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", "#/inbox");
  app = document.createElement("div");
  document.body.replaceChildren(app);
});
afterEach(() => document.documentElement.removeAttribute("style"));

const row: Part = ["div", { role: "row", class: "row" }, ["a", { href: "#/t/1" }, "Lunch"]];
const shell = (...inside: Part[]): Part => ["div", { class: "shell" }, ...inside];

function keep(account: string, content: Part, more: object = {}): void {
  const picture = { hash: "#/inbox", width: innerWidth, style: "", css: "", content, ...more };
  localStorage.setItem(pictureName(account), JSON.stringify(picture));
}

const pictured = (): Element | null => document.querySelector(".picture");

/** What the app does when it is loaded: puts the real thing where it belongs. */
async function arrive(...children: Node[]): Promise<HTMLElement> {
  const real = document.createElement("div");
  real.append(...children);
  app.append(real);
  await expect.poll(pictured).toBeNull();
  return real;
}

test("shows the mailbox, and goes when the real one is there", async () => {
  keep("ann@example.org", shell(row));
  showPicture("ann@example.org", app);
  expect(pictured()?.querySelector("[role=row]")?.textContent).toBe("Lunch");
  await arrive();
});

test("nothing of another account, another place or another screen", async () => {
  keep("bob@example.org", shell(row));
  showPicture("ann@example.org", app);
  keep("ann@example.org", shell(row), { hash: "#/sent" });
  showPicture("ann@example.org", app);
  keep("ann@example.org", shell(row), { width: innerWidth + 1 });
  showPicture("ann@example.org", app);
  localStorage.setItem(pictureName("ann@example.org"), '{"hash":"#/inbox","content":');
  showPicture("ann@example.org", app);
  expect(pictured()).toBeNull();
});

test("takes nothing from storage that loads, runs or leads away", async () => {
  keep(
    "ann@example.org",
    shell(
      ["script", {}, "globalThis.ran = true"],
      ["img", { src: "https://evil.example/x.png" }],
      ["iframe", { srcdoc: "x" }],
      ["a", { href: "javascript:alert(1)", onclick: "globalThis.ran = true" }, "x"],
      ["a", { href: "https://evil.example/" }, "y"],
    ),
  );
  showPicture("ann@example.org", app);
  const all = [...(pictured()?.querySelectorAll("*") ?? [])];
  expect(all.map((e) => e.localName)).toEqual(["div", "a", "a"]);
  expect(all.flatMap((e) => e.getAttributeNames())).toEqual(["class"]);
});

test("what is done to it is done to the real thing", async () => {
  keep("ann@example.org", shell(["button", { "aria-label": "Compose" }, "Compose"], row));
  showPicture("ann@example.org", app);
  const picture = pictured();
  const done: string[] = [];
  const onKey = (event: KeyboardEvent): void => void done.push(event.key);
  addEventListener("keydown", onKey);
  picture?.querySelector("button")?.focus();
  picture?.querySelector("button")?.click();
  picture?.querySelector<HTMLElement>("[role=row]")?.click();
  expect(location.hash).toBe("#/t/1");
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
  done.length = 0;
  const button = document.createElement("button");
  button.setAttribute("aria-label", "Compose");
  button.addEventListener("click", () => done.push("click"));
  await arrive(button);
  removeEventListener("keydown", onKey);
  expect(done).toEqual(["click", "j"]);
  expect(document.activeElement).toBe(button);
});
