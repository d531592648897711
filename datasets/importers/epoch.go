package importers

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// What the tables of Epoch AI (epoch.ai/data, CC BY 4.0) have in common.

//go:embed epoch.yaml
var epochText []byte

// epochMeans is what a short name of hardware means in Epoch AI's tables, by their own catalogue of hardware.
type epochMeans struct {
	Text string `doc:"text,required"`
	ID   string `doc:"id,required"`
	Why  string `doc:"why,required"`
}

// epochNames reads epoch.yaml.
var epochNames = sync.OnceValue(func() map[string]epochMeans {
	var probs diag.List
	var file struct {
		Hardware []epochMeans `doc:"hardware"`
	}
	document.Decode(document.Parse("datasets/importers/epoch.yaml", epochText, &probs), &file, &probs)
	if err := probs.Err(); err != nil {
		panic(err)
	}
	out := map[string]epochMeans{}
	for _, m := range file.Hardware {
		out[m.Text] = m
	}
	return out
})

// epochSource fills what says where a row is from, and under which licence. Whoever imports may name the release (--set source=...).
func (r *row) epochSource(source, url string) {
	r.usually("source", source)
	r.text("url", url)
	r.text("licence", "CC-BY-4.0")
}

// epochHardware fills hardware_id from a name of Epoch AI's tables: as whoever imports has chosen, as the registry knows it, or as Epoch AI's catalogue says what a
// short name means. False where the row has none then.
func (r *row) epochHardware(text string) bool {
	means, ok := epochNames()[foreign.Plain(text)]
	n := r.d.named("hardware", text)
	switch {
	case n != nil && ok && !n.Chosen && (n.ID == "" || n.ID == means.ID):
		n.ID, n.Candidates = means.ID, nil
		r.text("hardware_id", means.ID)
		r.assume("hardware printed as %q, read as %s: %s", n.Text, means.ID, means.Why)
	case n != nil:
		n.Count-- // counted again
		r.hardware(text)
	}
	return r.has("hardware_id")
}

// epochOrganisation fills a column with an organisation. Of several the first is taken, and the row names all.
func (r *row) epochOrganisation(column, text string) {
	several := epochList(text)
	if len(several) == 0 {
		return
	}
	r.organisation(column, several[0])
	if len(several) > 1 {
		r.assume("%s is the first named of %s", column, strings.Join(several, ", "))
	}
}

// epochList parts a field that holds several values. None of Epoch AI's names holds a comma.
func epochList(text string) (out []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = foreign.Plain(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
