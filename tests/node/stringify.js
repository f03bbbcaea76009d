// Each line of the input is JSON; each line of the output is what JSON.stringify makes of it.
const readline = require("readline");
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(JSON.parse(line)) + "\n");
});
