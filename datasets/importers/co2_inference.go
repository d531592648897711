package importers

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var co2Inference = Format{
	Name:  "co2-inference",
	Title: "Power Hungry Processing: the published CodeCarbon logs of its inference runs, one row a run",
	Doc: `The CSV files of data/emissions/complete in github.com/sashavor/co2_inference, which CodeCarbon 2.3 wrote for Luccioni, Jernite and Strubell, Power Hungry
Processing (2024): one file for each task and data set, one row for each run of a model. Repetitions of a run are rows of their own. model_id is the project_name, a
name of the Hugging Face hub; task comes from the file's name, so keep it. Licence MIT.

requests are 1,000 for each run: no file says so, the paper does, and so do the scripts in the same repository, which take 1,000 items of each data set. The runs include
loading the model. energy is energy_consumed (kWh) at the boundary node, and estimated: all eight devices of the machine were metered, though a run used one; the
processor counts as a constant 42.5 W and the memory as 431 W for 1.1 TB, which is too much. Each row says how much of its energy was metered. device_count is the eight
devices as printed. operator is aws, as the paper says; the region is where the tracker found itself by its address, and three runs have it in Canada.

Left out: rows without energy or with an energy of 0, and what the tracker makes of the energy (emissions).`,
	Kinds: []string{"deployments"},
	read:  readCO2Inference,
}

// co2Requests is how many inferences a run has. See the format's text.
const co2Requests = 1000

func readCO2Inference(j *job) {
	task, known := co2Task(j)
	readTracker(j, func(r *row, c *foreign.CSV) {
		r.model(c.Text("project_name"))
		if known {
			r.text("task", task)
			r.assume("task by the name of the file")
		} else {
			r.refuse("task", j.base(), "the file's name does not begin with a task of this format, such as textgen_wikitext.csv does")
		}
		r.number("requests", co2Requests)
		r.assume("1,000 inferences in a run, as the paper and its scripts say, loading of the model included")
		metered, hasMetered := c.Number("gpu_energy")
		if cpu, memory := c.Text("cpu_power"), c.Text("ram_power"); hasMetered && cpu != "" && memory != "" {
			r.assume("%.4g kWh of the energy, that of all devices of the machine, is metered; the rest is a constant %s W for the processor and %s W for a memory of %s GB, which overstates it",
				metered, cpu, memory, c.Text("ram_total_size"))
		}
		r.text("operator", "aws")
		r.text("scope", "intensity")
		r.text("source", "Luccioni, Jernite and Strubell, Power Hungry Processing: Watts Driving the Cost of AI Deployment? (2024), published emission logs")
		r.text("url", "https://github.com/sashavor/co2_inference")
		r.text("licence", "MIT")
	})
}

// co2Task is the task of a file, by the longest beginning of its name that the format knows.
func co2Task(j *job) (task string, ok bool) {
	longest := ""
	for begins, m := range meaningTable()[j.format.Name]["task"] {
		if strings.HasPrefix(j.base(), begins+"_") && len(begins) > len(longest) {
			longest, task, ok = begins, m.Is, true
		}
	}
	return task, ok
}
