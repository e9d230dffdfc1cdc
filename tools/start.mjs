import { runOnOwnNode, setup } from "./setup.mjs";

await setup({ say: console.log });
runOnOwnNode("tools/start.ts", process.argv.slice(2));
