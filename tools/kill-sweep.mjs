import { runOnOwnNode, setup } from "./setup.mjs";

await setup({ say: console.log });
runOnOwnNode("tools/kill-sweep.ts", process.argv.slice(2));
