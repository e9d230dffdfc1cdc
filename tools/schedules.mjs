import { runOnOwnNode, setup } from "./setup.mjs";

await setup({ say: console.log });
runOnOwnNode("tools/schedules.ts", process.argv.slice(2));
