package importers

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var mlperfTraining = Format{
	Name:  "mlperf-training",
	Title: "MLPerf Training: power logs of nodes summed up, one row a run",
	Doc: `A table of the node power logs of an MLPerf Training submission, one row for each node of a run: submission, system, benchmark, result_id, node,
n_samples, first_ms, last_ms (Unix time), duration_s, mean_power_w, energy_kwh_trapezoid. MLCommons publishes the logs (smc-dc-power/results/*/*/power in
github.com/mlcommons/training_results_v4.0), not the table: it is computed from their readings. Keep the version in the file's name (v4.0).

A row is a run, the nodes' rows of one result_id added up: energy is the sum over nodes at the boundary node, metered; wall_time is from the first reading of any node to the
last of any; device_count is nodes x accelerators of a node, by the system's name (64xSMC-H100-SXM-80GB is 64 nodes of eight). origin_row is the first of its
records. The whole log is summed, set-up included, which is more than the official window of the result; switches are not in it. These are benchmarks, which train to a
given quality (scope intensity), some from a checkpoint on: no whole trainings of the models that they are named after. phase is finetuning of llama2_70b_lora.

energy is left out of a run and listed where the log has fewer or more nodes than the system's name says, or a node twice, without power, with fewer than ten readings or
one a minute at most, with an energy that is not its power x time within a quarter, or where the logs lack more than 5 % of the nodes' time. A
node's log with less than 90 % of the run is noted in the row.

The region is not in the logs: --set region=WOR --set region_basis=assumed says that nothing is known of it. Licence Apache-2.0. The figures are derived and
unofficial: MLPerf is a trademark of MLCommons, which has not verified them; do not present them as MLPerf results.`,
	Kinds: []string{"training_runs"},
	read:  readMLPerfTraining,
}

// mlperfRun is a run while its nodes are added up.
type mlperfRun struct {
	id, submission, system, benchmark string
	left                              foreign.Left // of its first record
	no                                int
	records                           int64
	nodes                             map[string]bool
	first, last                       float64   // ms
	time                              float64   // of all nodes, ms
	energy                            float64   // kWh
	durations                         []float64 // of the nodes' logs, ms
	wrong                             string    // why the energy cannot stand
}

// The most that is held of a file.
const (
	maxRuns  = 20_000
	maxNodes = 200_000
)

// nodesOf takes the number of nodes off the name of a system.
var nodesOf = regexp.MustCompile(`^([1-9][0-9]{0,5})x(.+)$`)

func readMLPerfTraining(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("submission", "system", "benchmark", "result_id", "node", "n_samples", "first_ms", "last_ms", "mean_power_w", "energy_kwh_trapezoid") {
		return
	}
	version := mlperfVersion(j.base())
	runs := map[string]*mlperfRun{}
	var order []*mlperfRun
	nodes := 0
	for c.Next() {
		j.record()
		id := fmt.Sprintf("mlperf-training%s/%s/%s/%s", behind("-", version), c.Text("system"), c.Text("benchmark"), c.Text("result_id"))
		if sub := c.Text("submission"); sub != "" {
			id += "@" + sub
		}
		run := runs[id]
		if run == nil && len(runs) == maxRuns || nodes == maxNodes {
			j.probs.Errorf(diag.TooLarge, c.At(""), "more than %d runs, or %d nodes of them: the rest of the file was not read", maxRuns, maxNodes)
			j.leave(c.Left(id, "too many runs"))
			break
		}
		if run == nil {
			run = &mlperfRun{id: id, submission: c.Text("submission"), system: c.Text("system"), benchmark: c.Text("benchmark"), left: c.Left(id, ""), no: c.Rows(), nodes: map[string]bool{}, first: math.Inf(1), last: math.Inf(-1)}
			runs[id] = run
			order = append(order, run)
		}
		nodes++
		run.add(c)
	}
	for _, run := range order {
		j.mlperfRow(run, version)
	}
	j.unread(c)
}

var roundOf = regexp.MustCompile(`v([0-9]+\.[0-9]+)`)

// mlperfVersion is the version of a round of MLPerf that a file's name has; empty of another name.
func mlperfVersion(file string) string {
	if m := roundOf.FindStringSubmatch(file); m != nil {
		return m[1]
	}
	return ""
}

// behind is a text behind another; empty where it is.
func behind(ahead, text string) string {
	if text == "" {
		return ""
	}
	return ahead + text
}

// add adds the record of a node.
func (run *mlperfRun) add(c *foreign.CSV) {
	node := c.Text("node")
	samples, _ := c.Number("n_samples")
	first, hasFirst := c.Number("first_ms")
	last, hasLast := c.Number("last_ms")
	power, _ := c.Number("mean_power_w")
	energy, _ := c.Number("energy_kwh_trapezoid")
	wrong := func(format string, args ...any) {
		if run.wrong == "" {
			run.wrong = fmt.Sprintf(format, args...)
		}
	}
	expected := power * (last - first) / 3.6e9
	switch {
	case run.nodes[node]:
		wrong("%s stands twice", node)
	case power <= 0 || energy <= 0:
		wrong("%s has no power", node)
	case !hasFirst || !hasLast || last <= first || first < 0 || last > 1e14:
		wrong("%s has no time", node)
	case samples < 10 || (last-first)/samples > 60_000:
		wrong("%s has too few readings: %.0f", node, samples)
	case math.Abs(energy-expected) > expected/4:
		wrong("%s has %.4g kWh, but its mean power x time is %.4g kWh", node, energy, expected)
	}
	run.nodes[node] = true
	run.records++
	run.energy += energy
	if hasFirst && hasLast && last > first && first >= 0 && last <= 1e14 {
		run.first, run.last = math.Min(run.first, first), math.Max(run.last, last)
		run.time += last - first
		run.durations = append(run.durations, last-first)
	}
}

// mlperfRow makes the row of a run.
func (j *job) mlperfRow(run *mlperfRun, version string) {
	r := j.rows.next()
	j.unique(r, "run_id", run.id)
	mlperfModel(r, run.benchmark)
	r.means("phase", run.benchmark)
	r.means("organisation", run.submission)
	nodes := 0
	if m := nodesOf.FindStringSubmatch(run.system); m != nil {
		nodes, _ = strconv.Atoi(m[1])
	}
	r.devices(run.system)
	span := run.last - run.first
	if span > 0 {
		r.quantity("wall_time", span, "ms")
		r.date("started", time.UnixMilli(int64(run.first)))
		r.date("ended", time.UnixMilli(int64(run.last)))
	}
	if run.wrong == "" && nodes > 0 && len(run.nodes) != nodes {
		run.wrong = fmt.Sprintf("the log has %d nodes of %d", len(run.nodes), nodes)
	}
	lacking := 1 - run.time/(span*float64(len(run.nodes)))
	if run.wrong == "" && lacking > 0.05 {
		run.wrong = fmt.Sprintf("the nodes' logs lack %.0f %% of the run", 100*lacking)
	}
	if run.wrong != "" {
		r.refuse("energy", fmt.Sprint(run.energy), "the energy of the run is not known: "+run.wrong)
	} else {
		r.number("energy", run.energy)
		r.text("energy_boundary", "node")
		r.text("energy_basis", "metered")
		r.assume("energy summed over the nodes (%d), of the whole power log, set-up included; switches not included; derived and unofficial, not verified by MLCommons", len(run.nodes))
		short := 0
		for _, d := range run.durations {
			if d < 0.9*span {
				short++
			}
		}
		if short > 0 {
			r.assume("the logs of %d of the nodes have less than 90 %% of the run, and all together lack %.1f %% of the nodes' time: the energy is short", short, 100*lacking)
		}
		if m, ok := j.meaning("measured", run.submission); ok {
			r.assume("%s", m.Why)
		}
	}
	r.assume("a benchmark, trained to a given quality")
	r.text("scope", "intensity")
	r.text("quality", "measured")
	r.text("source", fmt.Sprintf("MLCommons, MLPerf Training%s results with power%s, node power logs of submitter %s", behind(" v", version), mlperfPublished(j, version), run.submission))
	if version != "" {
		r.text("url", "https://github.com/mlcommons/training_results_v"+version)
	}
	r.usually("licence", "Apache-2.0")
	j.giveAll(r, run.left, run.no, run.records)
}

// mlperfModel fills the row's model_id with what a benchmark is called among models; one that is not known keeps its name.
func mlperfModel(r *row, benchmark string) {
	if _, ok := r.d.meaning("model_id", benchmark); ok {
		r.means("model_id", benchmark)
	} else if benchmark != "" {
		r.model("MLPerf " + benchmark)
	}
}

// mlperfPublished is the year in which the results of a version were published, in brackets behind a space; empty where it is not known.
func mlperfPublished(j *job, version string) string {
	if m, ok := j.meaning("published", version); ok {
		return " (" + m.Is + ")"
	}
	return ""
}
