// SPDX-License-Identifier: Apache-2.0
//
// What the npm package chinese-days says of every day from the first year given to
// the last, one JSON value a line.
const days = require("chinese-days");
const [first, last, deltas] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4].split(",").map(Number)];

const date = (t) => new Date(t).toISOString().slice(0, 10);
const out = [];
for (let t = Date.UTC(first, 0, 1); t <= Date.UTC(last, 11, 31); t += 864e5) {
  const day = date(t);
  out.push(JSON.stringify({
    day,
    work: days.isWorkday(day),
    holiday: days.isHoliday(day),
    lieu: days.isInLieu(day),
    name: days.getDayDetail(day).name,
    find: deltas.map((n) => days.findWorkday(n, day)),
    fortnight: days.getWorkdaysInRange(day, date(t + 13 * 864e5)).length,
  }));
}
for (let year = first; year <= last; year++) {
  out.push(JSON.stringify({ year, days: days.getWorkdaysInRange(`${year}-01-01`, `${year}-12-31`) }));
}
process.stdout.write(out.join("\n") + "\n");
