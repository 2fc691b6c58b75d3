// Hours that somebody sets are moments, in whatever zone the page is.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { dayAhead, moment } from "../../src/magnitizdat/web/player/moments.js";

const zone = process.env.TZ;
const ZONES = ["UTC", "Europe/Moscow", "America/St_Johns", "Asia/Kathmandu", "Pacific/Auckland"];
after(() => (process.env.TZ = zone ?? ""));

const times = fc.date({ min: new Date("1999-01-01"), max: new Date("2090-01-01"), noInvalidDate: true });

test("a set hour is the moment that it is here, and says its own hour everywhere", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), times, (place, time) => {
      process.env.TZ = place;
      const local = time.toISOString().slice(0, 16);
      fc.pre(new Date(local).getHours() === Number(local.slice(11, 13))); // where clocks go forward some hours are none
      const said = moment(local);
      assert.equal(Date.parse(said), new Date(local).getTime());
      assert.match(said, /^\d{4}-\d\d-\d\dT\d\d:\d\d:00[+-]\d\d:\d\d$/);
      assert.ok(said.startsWith(local));
    }),
  );
  assert.equal(moment(""), "");
});

test("a day ahead is a day of the calendar here, over months and changes of the clock", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), times, fc.nat(400), (place, now, days) => {
      process.env.TZ = place;
      const [year, month, day] = dayAhead(days, now).split("-").map(Number);
      const began = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
      assert.equal((Date.UTC(year, month - 1, day) - began) / 864e5, days);
    }),
  );
});
