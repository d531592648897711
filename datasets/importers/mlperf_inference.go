package importers

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var mlperfInference = Format{
	Name:  "mlperf-inference",
	Title: "MLPerf Inference: results with measured power, one row a run",
	Doc: `A table of the results with power of an MLPerf Inference round, one row for each system, benchmark and scenario: division, submitter, system, benchmark,
scenario, samples_per_s, tokens_per_s, result, window_s, mean_power_w, energy_kwh_trapezoid. MLCommons publishes power logs and summaries
(closed/*/results/*/*/*/performance/run_1 in github.com/mlcommons/inference_results_v4.1), not the table: it is computed from them. Keep the version in the file's name
(v4.1).

energy is the power of the whole system at the wall over the window of the performance run, metered: boundary node. requests are samples_per_s x window_s, rounded,
and output_tokens tokens_per_s x window_s, which only the large language models print; scenarios single stream and multiple stream print neither. The rate of the server
scenario is that of completed samples. No latency is in the table. hardware_id and device_count come from the system's name (H200-SXM-141GBx8_TRT_MaxQ) or, of the systems
of other names, from the registry. year is that of the round's publication. These are benchmarks: scope intensity.

A benchmark may be listed twice, at 99 and at 99.9 % of the reference accuracy, for one and the same run: the one that comes later is left out. Where the figures
differ they are two runs, and both are kept. A row that is not VALID, or has no energy, is left out, and so is an energy that is not mean power x window within a quarter.

The region is not in the results: --set region=WOR --set region_basis=assumed says that nothing is known of it. Licence Apache-2.0. The figures are derived and
unofficial: MLPerf is a trademark of MLCommons, which has not verified them; do not present them as MLPerf results.`,
	Kinds: []string{"deployments"},
	read:  readMLPerfInference,
}

func readMLPerfInference(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("submitter", "system", "benchmark", "scenario", "samples_per_s", "window_s", "mean_power_w", "energy_kwh_trapezoid") {
		return
	}
	version := mlperfVersion(j.base())
	for c.Next() {
		j.record()
		benchmark := c.Text("benchmark")
		id := fmt.Sprintf("mlperf-inference%s/%s/%s/%s/%s", behind("-", version), c.Text("submitter"), c.Text("system"), benchmark, c.Text("scenario"))
		l := c.Left(id, "")
		leave := func(why string) {
			l.Why = why
			j.leave(l)
		}
		window, hasWindow := c.Number("window_s")
		energy, hasEnergy := c.Number("energy_kwh_trapezoid")
		power, hasPower := c.Number("mean_power_w")
		if result := c.Text("result"); result != "" && result != "VALID" {
			leave("the result is not valid")
			continue
		}
		if !hasEnergy || !hasWindow || energy <= 0 || window <= 0 {
			leave("no energy")
			continue
		}
		bare, target := accuracy(benchmark)
		run := strings.Join([]string{version, c.Text("division"), c.Text("submitter"), c.Text("system"), bare, c.Text("scenario"),
			c.Text("samples_per_s"), c.Text("tokens_per_s"), c.Text("window_s"), c.Text("mean_power_w"), c.Text("energy_kwh_trapezoid")}, "\x00")
		if before, met := j.again(run, c.At("")); met {
			l.What += ", at " + before.String()
			leave("the same run is listed for another target of accuracy, or twice: it counts once")
			continue
		}
		r := j.rows.next()
		j.unique(r, "deployment_id", id)
		mlperfModel(r, benchmark)
		r.means("task", benchmark)
		r.organisation("organisation", c.Text("submitter"))
		r.devices(c.Text("system"))
		r.quantity("wall_time", window, "s")
		if rate, ok := c.Number("samples_per_s"); ok {
			r.number("requests", math.Round(rate*window))
			r.assume("requests are samples a second x window of the power log")
		}
		if rate, ok := c.Number("tokens_per_s"); ok {
			r.number("output_tokens", math.Round(rate*window))
			r.assume("output tokens are tokens a second x window")
		}
		if expected := power * window / 3.6e6; hasPower && math.Abs(energy-expected) > expected/4 {
			r.refuse("energy", fmt.Sprint(energy), fmt.Sprintf("mean power x window is %.4g kWh", expected))
		} else {
			r.number("energy", energy)
			r.text("energy_boundary", "node")
			r.text("energy_basis", "metered")
			r.assume("energy integrated from the power log at the wall; derived and unofficial, not verified by MLCommons")
		}
		if scenario := c.Text("scenario"); scenario != "" {
			r.assume("scenario %s", scenario)
		}
		if target != "" {
			r.assume("target of %s %% of the reference accuracy", target)
		}
		if strings.Contains(c.Text("system"), "MaxQ") {
			r.assume("configuration tuned for efficiency (MaxQ)")
		}
		if m, ok := j.meaning("published", version); ok {
			if year, err := strconv.Atoi(m.Is); err == nil {
				r.number("year", float64(year))
				r.assume("year of publication")
			}
		}
		r.text("scope", "intensity")
		r.text("quality", "measured")
		r.text("source", fmt.Sprintf("MLCommons, MLPerf Inference%s results with power%s, submitter %s", behind(" v", version), mlperfPublished(j, version), c.Text("submitter")))
		if version != "" {
			r.text("url", "https://github.com/mlcommons/inference_results_v"+version)
		}
		r.usually("licence", "Apache-2.0")
		j.give(r, l, c.Rows())
	}
	j.unread(c)
}

// accuracy takes the target of accuracy off the name of a benchmark; empty where it names none.
func accuracy(benchmark string) (bare, target string) {
	for _, t := range []string{"99.9", "99"} {
		if bare, ok := strings.CutSuffix(benchmark, "-"+t); ok {
			return bare, t
		}
	}
	return benchmark, ""
}
