// node bullmq.mjs add|bulk|process COUNT REDIS-URL: two passes over the same work; of the second, warm one it tells "done SECONDS PROCESSOR-SECONDS SERVER-SECONDS".
import { readFileSync } from 'node:fs';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const [role, count, url] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const inFlight = 500, bulk = 1000, concurrency = 100;
const connection = new Redis(url, { maxRetriesPerRequest: null });
const queue = new Queue('bench-bullmq', { connection });

function reading() {
  const own = process.cpuUsage();
  const fields = readFileSync(`/proc/${process.env.CELERYNET_BENCH_REDIS_PID}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return [Number(process.hrtime.bigint()) / 1e9, (own.user + own.system) / 1e6, (Number(fields[11]) + Number(fields[12])) / 100];
}

async function addEach() {
  let left = count;
  const caller = async () => { while (left-- > 0) await queue.add('add', { x: 1, y: 2 }); };
  await Promise.all(Array.from({ length: inFlight }, caller));
}

async function addBulk() {
  for (let left = count; left > 0; left -= bulk) {
    await queue.addBulk(Array.from({ length: Math.min(bulk, left) }, () => ({ name: 'add', data: { x: 1, y: 2 } })));
  }
}

// A worker that is connected and does nothing yet, and a function that lets it run to the last job.
async function connect() {
  const worker = new Worker('bench-bullmq', async job => job.data.x + job.data.y, { connection: connection.duplicate(), concurrency, autorun: false });
  await worker.waitUntilReady();
  const run = () => new Promise((resolve, reject) => {
    let ended = 0;
    worker.on('completed', () => { if (++ended === count) resolve(); });
    worker.on('failed', (_, error) => reject(error));
    worker.on('error', reject);
    worker.run().catch(reject);
  });
  return [worker, run];
}

async function pass() {
  if (role === 'process') await addBulk();
  const [worker, run] = role === 'process' ? await connect() : [null, role === 'add' ? addEach : addBulk];
  const begin = reading();
  await run();
  const told = reading().map((value, i) => value - begin[i]);
  if (worker) await worker.close();
  const seen = worker ? await queue.getCompletedCount() : await queue.getWaitingCount();
  if (seen !== count) throw new Error(`${seen} jobs instead of ${count}`);
  await queue.obliterate({ force: true });
  return told;
}

await pass();
const told = await pass();
await queue.close();
await connection.quit();
console.log(`done ${told.join(' ')}`);
process.stdin.resume(); // lives until its standard input ends
