/*
 * Has the doctor look at a server, says what is wrong with it, and opens the doors only when people will get through.
 *
 *   node open-when-well.mjs npm start                  the doctor first, then the server
 *   DOCTOR_URL=https://meet.example.org node open-when-well.mjs haproxyctl enable server parley/one
 *                                                      a server that runs already, seen as its users see it
 *   node open-when-well.mjs                            alone, for cron, CI or a health check: 0 well, 1 faulty, 2 not examined
 *
 * It runs where Parley is, and passes on the `PARLEY_*` settings of the server.
 */
import { execFile, spawn } from 'node:child_process';

const { DOCTOR_COMMAND: command = 'npm run --silent parley -- doctor', DOCTOR_URL: url } = process.env;
const [program, ...words] = [...command.split(' '), '--json', ...(url ? ['--url', url] : [])];

const { status, stdout, stderr } = await new Promise((done) => {
  const child = execFile(program, words, (_error, out, err) =>
    done({ status: child.exitCode, stdout: out, stderr: err }),
  );
});
// 0 and 1 come with findings; anything else means that it could not look.
if (status !== 0 && status !== 1) {
  console.error(`the doctor could not look: ${stderr.trim()}`);
  process.exit(2);
}
const { findings } = JSON.parse(stdout);
for (const { check, status: found, text, mend } of findings) {
  if (found !== 'fault' && found !== 'warning') continue;
  console.log(`${found} ${check}: ${text}`);
  if (mend) console.log(`  mend: ${mend}`);
}
const faults = findings.filter((finding) => finding.status === 'fault');
if (faults.length > 0) {
  console.log(`not opened: ${faults.length} of ${findings.length} findings are faults`);
  process.exit(1);
}
console.log(`well: ${findings.length} findings, no fault`);

const [opens, ...its] = process.argv.slice(2);
if (opens !== undefined) {
  // Signals are for what was opened, whose end is the end of this.
  const child = spawn(opens, its, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(error.message);
    process.exit(2);
  });
  child.once('exit', (code) => process.exit(code ?? 1));
}
