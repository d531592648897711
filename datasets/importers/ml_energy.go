package importers

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var mlEnergy = Format{
	Name:  "ml-energy",
	Title: "ML.ENERGY Leaderboard: measured energy of a request, one row a configuration",
	Doc: `The JSON files that the Leaderboard's pages read, of its version 3: tasks/TASK.json and models/MODEL__TASK.json of public/data in
github.com/ml-energy/leaderboard. One row is one configuration of a model: type and number of devices, requests at a time, parallelism. index.json lists models and
holds no measurement.

A row is one mean request: requests 1, output_tokens is avg_output_len, energy is energy_per_request_joules (of diffusion models: of an image or a video), metered
at the devices alone: boundary device, without host and facility. device_hours are num_gpus x avg_output_len / output_throughput_tokens_per_sec; batch is
avg_batch_size, the requests that were being served at a time, and max_num_seqs, how many might have been, stands in the id. device_power is avg_power_watts / num_gpus.
quantisation is the bits of weight_precision. H100 is the SXM5 board of 80 GB: the files do not say so, the Leaderboard's page About does, of its former version.

Region and date are not in the files, so they stay missing: --set region=WOR --set region_basis=assumed --set year=2025 says that nothing is known of the one, and of
the other that version 3.0 was released in December 2025.

The files of tasks and of models hold the same configurations: one that is met again with the same figures is left out. One with other figures is another run, and
both are kept. licence is Apache-2.0: that of the data set ml-energy/benchmark-v3, of which the files are a digest; the Leaderboard's repository has no licence file of
its own. --set licence="cited figures" says that single figures are quoted.`,
	Kinds: []string{"deployments"},
	read:  readMLEnergy,
}

// mlConfiguration is a configuration as both sorts of files have it; what a file of a model says once, for all of them, stands in the outermost object there.
type mlConfiguration struct {
	Model      string   `json:"model_id"`
	Total      *float64 `json:"total_params_billions"`
	Active     *float64 `json:"activated_params_billions"`
	Precision  string   `json:"weight_precision"`
	GPU        string   `json:"gpu_model"`
	GPUs       *float64 `json:"num_gpus"`
	Most       *float64 `json:"max_num_seqs"`
	Batch      *float64 `json:"avg_batch_size"`
	BatchSize  *float64 `json:"batch_size"` // of diffusion models
	Length     *float64 `json:"avg_output_len"`
	Throughput *float64 `json:"output_throughput_tokens_per_sec"`
	Power      *float64 `json:"avg_power_watts"`
	Request    *float64 `json:"energy_per_request_joules"`
	Image      *float64 `json:"energy_per_image_joules"`
	Video      *float64 `json:"energy_per_video_joules"`
	mlParallel
	Parallel *mlParallel `json:"parallelization"` // in files of models
}

type mlParallel struct {
	Tensor *float64 `json:"tensor_parallel"`
	Expert *float64 `json:"expert_parallel"`
	Data   *float64 `json:"data_parallel"`
}

// energy is that of one request, in J.
func (c *mlConfiguration) energy() *float64 {
	for _, e := range []*float64{c.Request, c.Image, c.Video} {
		if e != nil {
			return e
		}
	}
	return nil
}

// mlOf is what a file says of all its configurations.
type mlOf struct {
	task, display, model, precision string
	total, active                   *float64
}

func readMLEnergy(j *job) {
	var of mlOf
	var configurations *foreign.Entry
	before := j.probs.Count(diag.Error)
	j.entries(func(e *foreign.Entry) bool {
		var into any
		switch e.Key {
		case "task":
			into = &of.task
		case "task_display_name":
			into = &of.display
		case "model_id":
			into = &of.model
		case "weight_precision":
			into = &of.precision
		case "total_params_billions":
			into = &of.total
		case "activated_params_billions":
			into = &of.active
		case "configurations":
			configurations = e
			return true
		default:
			return true
		}
		return e.Into(into)
	})
	if j.probs.Count(diag.Error) > before {
		return
	}
	if configurations == nil || of.task == "" {
		p := diag.Problem{Code: diag.MissingKey, Place: diag.Place{File: j.Name}, Message: "the file has no configurations of a task"}
		p.Hint = "files of the folders tasks and models have them; index.json only lists what there is"
		j.probs.Add(p)
		return
	}
	configurations.Each(func(e *foreign.Entry) bool {
		j.record()
		c := mlConfiguration{Model: of.model, Precision: of.precision, Total: of.total, Active: of.active}
		l := e.Left(fmt.Sprintf("configuration %d", e.Index+1), "")
		if !e.Into(&c) {
			l.Why = "it cannot be read"
			j.leave(l)
			return !j.probs.Full()
		}
		unreadKeys[mlConfiguration](j, e)
		j.mlRow(&of, &c, e, l)
		return true
	})
}

// mlRow makes a row of a configuration, or leaves it out.
func (j *job) mlRow(of *mlOf, c *mlConfiguration, e *foreign.Entry, l foreign.Left) {
	id := c.id(of.task)
	l.What = id
	energy := c.energy()
	if energy == nil || *energy <= 0 {
		l.Why = "no energy of a request"
		j.leave(l)
		return
	}
	if before, met := j.again(fmt.Sprint(id, " ", *energy, " ", value(c.Length), " ", value(c.Throughput)), e.Place); met {
		l.Why = "the same configuration with the same figures stands in another place, which counts"
		l.What += ", at " + before.String()
		j.leave(l)
		return
	}
	r := j.rows.next()
	j.unique(r, "deployment_id", id)
	r.model(c.Model)
	r.means("task", of.task)
	r.hardware(c.GPU)
	fill := func(column string, v *float64, unit string) {
		if v != nil {
			r.quantity(column, *v, unit)
		}
	}
	fill("device_count", c.GPUs, "1")
	fill("batch", c.Batch, "1")
	if c.Batch == nil {
		fill("batch", c.BatchSize, "1")
	}
	r.number("requests", 1)
	fill("output_tokens", c.Length, "token")
	if c.GPUs != nil && c.Length != nil && c.Throughput != nil && *c.Throughput > 0 {
		r.quantity("device_hours", *c.GPUs**c.Length / *c.Throughput, "s")
		r.assume("device hours are devices x mean output tokens / output throughput")
	}
	if c.Power != nil && c.GPUs != nil && *c.GPUs > 0 {
		r.number("device_power", *c.Power / *c.GPUs)
		r.text("power_boundary", "device")
	}
	r.quantity("energy", *energy, "J")
	r.text("energy_boundary", "device")
	r.text("energy_basis", "metered")
	r.assume("requests, tokens, hours and energy are those of one mean request; energy of the devices only, without host and facility")
	if c.Total != nil {
		r.number("parameters_total", *c.Total*1e9)
	}
	if c.Active != nil {
		r.number("parameters_active", *c.Active*1e9)
	}
	r.means("quantisation", c.Precision)
	r.text("scope", "intensity")
	r.text("quality", "measured")
	task := of.task
	if of.display != "" {
		task = of.display
	}
	r.text("source", "ML.ENERGY Leaderboard v3, task "+task+" (2026); Chung et al., The ML.ENERGY Benchmark (2025)")
	r.text("url", "https://ml.energy/leaderboard")
	r.usually("licence", "Apache-2.0")
	j.give(r, l, e.Index+1)
}

// id says what was run, as the benchmark tells its runs apart.
func (c *mlConfiguration) id(task string) string {
	p := c.mlParallel
	if c.Parallel != nil {
		p = *c.Parallel
	}
	most := c.Most
	if most == nil {
		most = c.BatchSize
	}
	id := fmt.Sprintf("ml-energy/%s/%s/%sx%v", task, c.Model, c.GPU, value(c.GPUs))
	for _, part := range []struct {
		name string
		v    *float64
	}{{"tp", p.Tensor}, {"ep", p.Expert}, {"dp", p.Data}, {"seqs", most}} {
		if part.v != nil {
			id += fmt.Sprintf("/%s%v", part.name, *part.v)
		}
	}
	return id
}

// value is a number that may be missing, as a text.
func value(v *float64) any {
	if v == nil {
		return "?"
	}
	return *v
}
