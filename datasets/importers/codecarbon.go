package importers

import (
	"math"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var codecarbon = Format{
	Name:  "codecarbon",
	Title: "CodeCarbon: the emissions.csv that its tracker writes, one row a run",
	Doc: `emissions.csv of CodeCarbon, of any release since 1. One row is one tracked run; --kind says what the runs were: training_runs (the default) or deployments.
The file says neither what was trained nor under which licence it is shared: --set model_id=NAME (else project_name is taken), --set source=..., --set licence=...;
phase, of training runs, and scope are set likewise and are development and intensity unless they are.

energy is energy_consumed (kWh), which CodeCarbon sums over CPU, GPU and memory of the machine: boundary node. It is estimated, not metered, as soon as a part comes
from a constant: the CPU's power from a table of rated powers, the memory's from a rule of thumb. pue is read where it is not 1, which a tracker that was told none
writes. Where it is, energy_consumed holds it already (github.com/mlco2/codecarbon, pull request 398 and issue 1320): boundary facility, so that it counts once.

region is the cloud's region where the file names one that the registry knows, else the country; both come from the tracker's settings or the place of its address. A tracker of
tracking_mode process measured the process alone, which no boundary is: CodeCarbon then counts the process's share of the memory and, since release 3, of the processor's load, and the
devices whole (github.com/mlco2/codecarbon, issue 484 and pull request 1163). Such a row stays at the boundary node or facility, with less than its energy,
and says so in its assumption. started is the timestamp, which CodeCarbon writes at the end of a run, less the duration.

A tracker that is flushed while it runs, or started and stopped again, writes a row of all that its run took so far each time, under one run_id: the last one counts. Left out
are those ahead of it, rows without energy or with an energy of 0, and what the tracker makes of the energy (emissions): ailca computes it.`,
	Kinds: []string{"training_runs", "deployments"},
	Needs: []string{"source", "licence"},
	read:  readCodeCarbon,
}

func readCodeCarbon(j *job) {
	readTracker(j, func(r *row, c *foreign.CSV) {
		r.model(c.Text("project_name"))
		if r.hasColumn("phase") {
			r.usually("phase", "development")
		}
		r.usually("scope", "intensity")
	})
}

// readTracker reads a CSV file in the form of CodeCarbon; fill adds what a format knows besides.
func readTracker(j *job, fill func(r *row, c *foreign.CSV)) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("timestamp", "duration", "energy_consumed") {
		return
	}
	id := "run_id"
	if !j.rows.hasColumn(id) {
		id = "deployment_id"
	}
	last := trackerEnds(j)
	for c.Next() {
		j.record()
		what := c.Text("run_id")
		run := xxh3.HashString128(what)
		if what == "" {
			what = c.Text("project_name") + " " + c.Text("timestamp")
		}
		l := c.Left(what, "")
		energy, ok := c.Number("energy_consumed")
		if !ok || energy <= 0 {
			l.Why = "no energy"
			j.leave(l)
			continue
		}
		if later := last[run]; later.row > c.Rows() && later.after(trackerState(c)) {
			l.Why = "a state of a run that went on: a later row of its run_id holds it"
			j.leave(l)
			continue
		}
		r := j.rows.next()
		j.unique(r, id, what)
		r.quantity("energy", energy, "kWh")
		boundary := "node"
		if pue, ok := c.Number("pue"); ok && pue != 1 {
			r.number("pue", pue)
			boundary = "facility" // the tracker has multiplied the energy by it
		}
		r.text("energy_boundary", boundary)
		if c.Text("tracking_mode") == "process" {
			r.assume("the tracker measured the process alone: memory, and since release 3 of CodeCarbon the processor, by the process's share, devices whole; energy_boundary %s is the nearest, of which this is at most the energy", boundary)
		}
		r.text("energy_basis", "estimated")
		r.text("quality", "modelled")
		trackerTime(r, c)
		trackerPlace(r, c)
		trackerDevices(r, c)
		fill(r, c)
		j.give(r, l, c.Rows())
	}
	j.unread(c)
}

// trackerRow is what a row of a tracker says of its run so far.
type trackerRow struct {
	row             int
	seconds, energy float64
	began           float64 // Unix time in s
}

// trackerState reads a row of a tracker.
func trackerState(c *foreign.CSV) trackerRow {
	t := trackerRow{row: c.Rows()}
	t.seconds, _ = c.Number("duration")
	t.energy, _ = c.Number("energy_consumed")
	if ended, ok := instant(c.Text("timestamp")); ok {
		t.began = float64(ended.Unix()) - t.seconds
	}
	return t
}

// after reports whether a row holds what another of its run does: the run began at the same time, to the seconds that stamping takes, and went on.
func (t trackerRow) after(before trackerRow) bool {
	return math.Abs(t.began-before.began) < 5 && t.seconds >= before.seconds && t.energy >= before.energy
}

// trackerEnds gives the last row of each run that has an id, of as many runs as are remembered.
func trackerEnds(j *job) map[xxh3.Uint128]trackerRow {
	out := map[xxh3.Uint128]trackerRow{}
	c := j.csvAhead()
	for c != nil && c.Next() {
		if id := c.Text("run_id"); id != "" {
			run := xxh3.HashString128(id)
			if _, known := out[run]; known || len(out) < maxIDs {
				out[run] = trackerState(c)
			}
		}
	}
	return out
}

// trackerTime reads when a run was: the tracker stamps its end.
func trackerTime(r *row, c *foreign.CSV) {
	seconds, timed := c.Number("duration")
	if timed && seconds >= 0 {
		r.quantity("wall_time", seconds, "s")
	}
	stamp := c.Text("timestamp")
	ended, ok := instant(stamp)
	switch {
	case !ok && stamp != "":
		r.refuse("ended", stamp, "not a time such as 2024-05-31T10:39:13")
	case ok && timed && seconds >= 0 && seconds < 1e9:
		r.date("started", ended.Add(-time.Duration(seconds*1e9)))
		r.date("ended", ended)
	case ok:
		r.date("ended", ended)
	}
}

// trackerPlace reads where a run was: the region of a cloud where it is one that the registry knows, else the country.
func trackerPlace(r *row, c *foreign.CSV) {
	provider, region := strings.ToLower(c.Text("cloud_provider")), c.Text("cloud_region")
	if provider != "" && region != "" {
		if r.region(provider+":"+region, "published") {
			return
		}
		r.refuse("region", provider+":"+region, "the registry of regions does not know this region of a cloud; the country is taken")
	}
	for _, column := range []string{"country_iso_code", "country_name"} {
		if text := c.Text(column); text != "" {
			if r.region(text, "published") {
				return
			}
			r.refuse("region", text, "the registry of regions does not know it")
		}
	}
}

// trackerDevices reads which devices a run had. Of a machine without GPU they are its processors, which the registry of hardware does not hold.
func trackerDevices(r *row, c *foreign.CSV) {
	model := c.Text("gpu_model")
	if model == "" {
		return
	}
	stated := r.hardware(model)
	count, ok := c.Number("gpu_count")
	if !ok {
		count, ok = stated, stated > 0
	}
	if ok && count > 0 {
		r.number("device_count", count)
	}
}
