// Makes the calls of calls.json with Segment's SDK for Node, unchanged.
import { readFileSync } from "node:fs";
import { Analytics } from "@segment/analytics-node";

const calls = JSON.parse(readFileSync(new URL("calls.json", import.meta.url)));
const client = new Analytics({ writeKey: process.env.WRITE_KEY, host: process.env.HUB });
for (const [name, fields] of calls) client[name]({ userId: process.env.USER_ID, ...fields });
await client.closeAndFlush();
