package importers

import (
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var epochHardware = Format{
	Name:  "epoch-hardware",
	Title: "Epoch AI, Data on Machine Learning Hardware: ml_hardware.csv, one row a type of accelerator",
	Doc: `ml_hardware.csv of Epoch AI (epoch.ai/data/machine-learning-hardware, CC BY 4.0), one row a chip or board. The id is the registry's; a device that the registry
does not know gets one from its name, and the row says so.

rated_power is TDP (W); of Google's TPU, which have no published one, it is Epoch AI's derivation, and its note stands in the assumption. memory is Memory size per board
(bytes). die_area is Die Size as printed, which of a package of several dies may be that of one or of all. process_node is Process size.

peak_flops is dense (Epoch AI lists speed without sparsity): Tensor-FP16/BF16 where it is printed, else the faster of FP16 and FP32, and flops_precision and the
assumption say which. The faster one, for old boards do FP16 at a small fraction of the speed of FP32 (GeForce GTX 1080: 1/64), and nobody trained so. FP8, FP4, INT and
"Max performance" are not read: they mix formats, and some are of sparse matrices.

A short name that the registry takes for several devices is read as the one that the record's own figures fit: NVIDIA A100, with 400 W and 40 GB, as the SXM4 board of 40 GB; the
row says so. A second record of a device is kept beside the first one, as alternative_to.

Left out: records whose name may mean several devices all the same (NVIDIA V100), unless --choose says which. Prices are not read; neither are figures that others of the row give ("Energy efficiency", which is infinite where TDP is empty).`,
	Kinds: []string{"hardware"},
	read:  readEpochHardware,
}

// epochPeaks are the columns of dense speed, and what they are of.
var epochPeaks = []struct{ column, precision, what string }{
	{"Tensor-FP16/BF16 performance (FLOP/s)", "bf16/fp16", "FP16 or BF16 on matrix units"},
	{"FP16 (half precision) performance (FLOP/s)", "fp16", "FP16 without matrix units, or the source does not say with"},
	{"FP32 (single precision) performance (FLOP/s)", "fp32", "FP32: the source prints no faster 16-bit figure"},
}

func readEpochHardware(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("Hardware name", "TDP (W)") {
		return
	}
	for c.Next() {
		j.record()
		name := c.Text("Hardware name")
		l := c.Left(name, "")
		r := j.rows.next()
		if why := r.epochDevice(name); why != "" {
			l.Why = why
			j.leave(l)
			continue
		}
		r.text("name", name)
		r.text("class", "accelerator")
		r.maker(c.Text("Manufacturer"))
		r.text("quality", "reported")
		r.epochSource("Epoch AI, Data on Machine Learning Hardware (online since 2024)", "https://epoch.ai/data/machine-learning-hardware")
		r.epochDate("released", c.Text("Release date"))
		for _, m := range []struct{ column, from, unit string }{
			{"rated_power", "TDP (W)", "W"},
			{"memory", "Memory size per board (Byte)", "B"},
			{"die_area", "Die Size (mm^2)", "mm2"},
			{"process_node", "Process size (nm)", "nm"},
		} {
			if v, ok := c.Number(m.from); ok {
				r.quantity(m.column, v, m.unit)
			}
		}
		epochPeak(r, c)
		if note := c.Text("Notes"); note != "" {
			r.assume("note of the source: %s", foreign.Plain(note))
		}
		j.give(r, l, c.Rows())
	}
	j.unread(c)
}

// epochDevice fills hardware_id, and says why the record is not one of a device.
func (r *row) epochDevice(name string) (why string) {
	if name == "" {
		return "no name"
	}
	if r.epochHardware(name) {
		id := r.cells[r.at("hardware_id")].text
		if e, ok := names.Hardware().Lookup(id); ok && e.Kind != "accelerator" {
			return "not an accelerator, but of the kind " + e.Kind
		}
		r.d.unique(r, "hardware_id", id)
		if again := r.cells[r.at("hardware_id")].text; again != id {
			r.text("alternative_to", id)
		}
		return ""
	}
	if found := names.Hardware().Find(foreign.Plain(name)); len(found.Candidates) > 0 {
		return "the name may mean several devices (--choose says which)"
	}
	r.d.unique(r, "hardware_id", asID(name))
	return ""
}

// maker fills manufacturer: the registry's name of it where it knows the one that is printed, as in the open edition.
func (r *row) maker(text string) {
	if n := r.d.named("organisations", text); n != nil {
		if e, ok := names.Organisations().Lookup(n.ID); ok {
			text = e.Name
		}
		r.text("manufacturer", text)
	}
}

// epochPeak fills the dense peak: of matrix units where they are printed, else the fastest.
func epochPeak(r *row, c *foreign.CSV) {
	best, at := 0.0, -1
	for i, p := range epochPeaks {
		v, ok := c.Number(p.column)
		if ok && v > best && at != 0 { // nothing is looked for behind matrix units
			best, at = v, i
		}
	}
	if at < 0 {
		return
	}
	r.quantity("peak_flops", best, "FLOP/s")
	r.text("flops_precision", epochPeaks[at].precision)
	r.assume("peak: %s, dense", epochPeaks[at].what)
}

// epochDate fills a column of dates from a day as the tables write it; what is none is listed.
func (r *row) epochDate(column, text string) {
	if text == "" {
		return
	}
	if t, ok := instant(text); ok {
		r.date(column, t)
		return
	}
	r.refuse(column, text, "not a day such as 2024-05-31")
}
