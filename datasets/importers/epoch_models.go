package importers

import (
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var epochModels = Format{
	Name:  "epoch-models",
	Title: "Epoch AI, Data on AI Models: notable_ai_models.csv, one row the training of a model",
	Doc: `notable_ai_models.csv (and the tables of the same columns) of Epoch AI (epoch.ai/data/ai-models, CC BY 4.0), one row a model.

wall_time is Training time, device_count Hardware quantity, flop Training compute, mfu Hardware utilization (MFU); the one called HFU counts recomputed operations and is not
read. A model with a base model is a fine-tuning: its flop is Finetune compute, for Training compute holds the base model's. tokens stay missing: the size of the data set is in
data points of whatever sort.

Training power draw is Epoch AI's estimate for the whole facility: devices x their rated power x an overhead of the server (1.8 for more than one device) x a PUE between 1.08
and 1.14. It is no measurement and no mean load, but what the devices may draw: of runs that were measured it is from 1.05 (BLOOM) to 3 times (Meena) what was found. Divided
by Hardware quantity it is device_power, boundary facility; times the hours it is energy, boundary facility; basis estimated. Methods up to observatory 1.1.0 read the energy and
not the power: without hours they compute from the devices.

region stays missing: the file's country is that of the organisation, and says nothing of the grid. --set region=WOR --set region_basis=assumed takes the world's mix. year is
that of publication, for the days of the training are not in the file, and the row says so. quality is modelled: which figures are published and which estimated cannot be told.
scope is volume where an organisation is named, and intensity elsewhere. Where several organisations are named the first is taken.

Training hardware may name several types of device: hardware_id then stays missing. Short names that Epoch AI's own catalogue of hardware makes certain are read so, such as
NVIDIA A100; NVIDIA V100 may be several: --choose "NVIDIA V100=nvidia-v100-sxm2-32gb".

Left out: models without anything that energy can be computed from; those whose hardware and hours repeat what stands at their base model (a total would count them twice); and
those that Epoch AI rates as speculative, unless --speculative.`,
	Kinds: []string{"training_runs"},
	With:  []Extra{{"speculative", "models that the source rates as speculative"}},
	read:  readEpochModels,
}

func readEpochModels(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("Model", "Publication date", "Training hardware", "Hardware quantity", "Training time (hours)") {
		return
	}
	repeated := epochEfforts(j)
	for c.Next() {
		j.record()
		l := c.Left(c.Text("Model"), "")
		r := j.rows.next()
		if l.Why = r.epochModel(c, repeated); l.Why != "" {
			j.leave(l)
			continue
		}
		j.give(r, l, c.Rows())
	}
	j.unread(c)
}

// epochModel fills the row, and says why the record gives none.
func (r *row) epochModel(c *foreign.CSV, efforts map[string]string) (why string) {
	model, base, confidence := c.Text("Model"), c.Text("Base model"), c.Text("Confidence")
	switch {
	case model == "":
		return "no model"
	case confidence == "Speculative" && !r.d.asked("speculative"):
		return "the source rates it as speculative (--speculative takes it)"
	}
	if effort := epochEffort(c); effort != "" {
		for _, of := range epochList(base) {
			if efforts[of] == effort {
				return "its hardware and hours repeat those of its base model"
			}
		}
	}
	phase := "pretraining"
	if base != "" {
		phase = "finetuning"
		r.assume("continues %s", base)
	}
	r.text("phase", phase)
	r.epochDevices(c)
	r.epochOperations(c, base != "")
	r.epochEnergy(c)
	if why := r.epochComputable(c.Text("Training hardware")); why != "" {
		return why
	}
	r.d.unique(r, "run_id", asID(model)+"-"+phase)
	r.model(model)
	if v, ok := c.Number("Hardware utilization (MFU)"); ok {
		r.number("mfu", v)
	}
	if v, ok := c.Number("Parameters"); ok {
		r.number("parameters_total", v)
	}
	r.epochYear(c.Text("Publication date"))
	r.epochOrganisation("organisation", c.Text("Organization"))
	r.text("scope", "intensity")
	if r.has("organisation") {
		r.text("scope", "volume")
	}
	r.text("quality", "modelled")
	if confidence != "" && confidence != "Unknown" {
		r.assume("the source rates its figures as %s", strings.ToLower(confidence))
	}
	source := "Epoch AI, Data on AI Models (online since 2025)"
	if reference := c.Text("Reference"); reference != "" {
		source += ", on: " + reference
	}
	link := firstLink(c.Text("Link"))
	if link == "" {
		link = "https://epoch.ai/data/ai-models"
	}
	r.epochSource(source, link)
	return ""
}

// epochDevices fills the type of device and how many.
func (r *row) epochDevices(c *foreign.CSV) {
	switch several := epochList(c.Text("Training hardware")); len(several) {
	case 0:
	case 1:
		r.epochHardware(several[0])
	default:
		r.refuse("hardware_id", c.Text("Training hardware"), "several types of device, and not how many of each")
		r.assume("ran on several types of device: %s", strings.Join(several, ", "))
	}
	r.positive(c, "device_count", "Hardware quantity", "1")
	r.positive(c, "wall_time", "Training time (hours)", "h")
}

// epochOperations fills flop: of a model that continues another only what continuing it took.
func (r *row) epochOperations(c *foreign.CSV, continues bool) {
	all, own := c.Text("Training compute (FLOP)"), c.Text("Finetune compute (FLOP)")
	switch {
	case !continues:
		r.positive(c, "flop", "Training compute (FLOP)", "FLOP")
		if own != "" {
			r.refuse("flop", own, "of a fine-tuning that the record tells beside the training")
		}
	case own != "":
		r.positive(c, "flop", "Finetune compute (FLOP)", "FLOP")
		r.assume("operations: those of the fine-tuning")
	case all != "":
		r.refuse("flop", all, "holds the operations of the base model")
	}
}

// epochEnergy fills the facility's power, as that of one device, and with the hours the energy.
func (r *row) epochEnergy(c *foreign.CSV) {
	power, ok := c.Number("Training power draw (W)")
	if !ok || power <= 0 {
		return
	}
	devices, counted := c.Number("Hardware quantity")
	hours, timed := c.Number("Training time (hours)")
	counted, timed = counted && devices > 0, timed && hours > 0
	if !counted && !timed {
		r.refuse("device_power", c.Text("Training power draw (W)"), "the power of the whole facility: without a number of devices or hours nothing follows from it")
		return
	}
	if counted {
		r.quantity("device_power", power/devices, "W")
		r.text("power_boundary", "facility")
	}
	if timed {
		r.quantity("energy", float64(power*hours), "Wh")
		r.text("energy_boundary", "facility")
	}
	r.text("energy_basis", "estimated")
	r.assume("power is Epoch AI's estimate for the whole facility from the devices' rated power, an upper one; energy: power x hours")
}

// epochComputable says why no energy can be computed from the row.
func (r *row) epochComputable(hardware string) (why string) {
	timed := r.has("device_count") && r.has("wall_time")
	switch {
	case r.has("energy"), r.has("hardware_id") && (timed || r.has("flop")):
		return ""
	case len(epochList(hardware)) > 1:
		return "energy cannot be computed: several types of device, and not how many of each"
	case hardware != "" && (timed || r.has("flop")):
		return "energy cannot be computed: the type of device is not certain (--choose says what a name means)"
	case timed || r.has("flop"):
		return "energy cannot be computed: no type of device"
	}
	return "energy cannot be computed: neither power and hours, nor devices and hours, nor operations"
}

// epochYear fills the year from the day of publication.
func (r *row) epochYear(text string) {
	if t, ok := instant(text); ok {
		r.number("year", float64(t.Year()))
		r.assume("year: that of publication")
	} else if text != "" {
		r.refuse("year", text, "not a day such as 2024-05-31")
	}
}

// epochEfforts gives what the training of each model took, as epochEffort writes it. Of more models than are remembered it gives the first.
func epochEfforts(j *job) map[string]string {
	out := map[string]string{}
	c := j.csvAhead()
	for c != nil && c.Next() && len(out) < maxIDs {
		if effort := epochEffort(c); effort != "" {
			out[strings.Clone(c.Text("Model"))] = effort
		}
	}
	return out
}

// epochEffort is the hardware and hours of a record in one text; empty where it lacks one of them.
func epochEffort(c *foreign.CSV) string {
	devices, n := c.Number("Hardware quantity")
	hours, m := c.Number("Training time (hours)")
	hardware := c.Text("Training hardware")
	if !n || !m || hardware == "" {
		return ""
	}
	return strings.Join([]string{hardware, strconv.FormatFloat(devices, 'g', -1, 64), strconv.FormatFloat(hours, 'g', -1, 64)}, "|")
}
