package importers

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var modelCard = Format{
	Name:  "model-card",
	Title: "Model cards: a short form that developers fill in, or the metadata of a card at Hugging Face",
	Doc: `A card is a YAML file, or a Markdown file whose metadata stands between two lines of --- at its start. Several may be imported at once, one a file:

` + modelCardExample + `
The keys are the columns of the kind (ailca datasets schema training_runs), save that model, hardware and id are called so. What stands at the top holds for each run that
does not say it itself. runs are training runs; deployments, in a list of that name, are read with --kind deployments. Numbers have their unit behind them, any of the same
dimension (1.2 MWh, 14 d), and are converted exactly; counts need none. hardware may say how many (64 x NVIDIA A100-SXM4-80GB). A region is a code, a name or an alias. id is
made of model and phase, or service, where it is missing. Nothing is filled in: scope, quality, source and licence have to be said, and energy needs its boundary. All that is
wrong with a card is told at once.

Of the metadata of Hugging Face co2_eq_emissions is read. Its emissions (g) cannot become energy, for the emission factor behind them is not in the card: they are listed, and
never divided by one. What it says besides (training_type, geographical_location, hardware_used) fills the gaps of the card's run where it has exactly one. license is that of the
model, and not of the card's figures.

Left out: cards with emissions and no run, and entries of the other kind.`,
	Kinds: []string{"training_runs", "deployments"},
	read:  readModelCard,
}

// modelCardExample is a card as a first one may be written. A test reads it.
const modelCardExample = `    model: Example 7B
    organisation: Example Institute
    source: "Example Institute (2026), Model card of Example 7B"
    url: https://example.org/example-7b
    licence: CC-BY-4.0
    quality: measured
    scope: volume
    region: FRA
    pue: 1.2
    runs:
      - phase: pretraining
        hardware: 64 x NVIDIA A100-SXM4-80GB
        wall_time: 21 d
        energy: 12.4 MWh            # of the servers, from their meters
        energy_boundary: node
        energy_basis: metered
        started: 2026-03-01
        ended: 2026-03-21
        tokens: 2e11
        parameters_total: 7e9
      - phase: finetuning
        hardware: 8 x NVIDIA A100-SXM4-80GB
        device_hours: 400 h
        year: 2026
    deployments:
      - service: Example chat
        task: text_generation
        hardware: 8 x NVIDIA A100-SXM4-80GB
        device_hours: 70080 h
        requests: 2e8
        year: 2026
`

// cardLists are the keys of a card that hold entries, by kind.
var cardLists = map[string]string{"training_runs": "runs", "deployments": "deployments"}

// card is a file while it is read.
type card struct {
	*job
	common  []document.Field // what holds for every entry
	entries map[string]*document.Node
	co2     *document.Node // co2_eq_emissions of Hugging Face; nil for none
	keys    []string       // that may stand at the top
	stated  float64        // how many devices the hardware of the current entry names; 0 where it does not
}

func readModelCard(j *job) {
	text, ok := j.cardText()
	if !ok {
		return
	}
	before := j.probs.Count(diag.Error)
	root := document.Parse(j.Name, text, j.probs)
	if root == nil || j.probs.Count(diag.Error) > before {
		return
	}
	if root.Kind != document.Map {
		j.probs.Add(root.Problem(diag.BadType, "a model card is a map of keys such as model, source and runs; this is %s", root.Kind))
		return
	}
	c := &card{job: j, entries: map[string]*document.Node{}, keys: append(cardKeys("training_runs"), cardKeys("deployments")...)}
	c.sort(root)
	c.read(root)
}

// cardText is the card's YAML: of a Markdown file the block at its start. False where there is none, which is told.
func (j *job) cardText() ([]byte, bool) {
	text, err := io.ReadAll(io.LimitReader(j.text(), document.MaxBytes+1))
	if err != nil {
		j.probs.Errorf(diag.NotFound, diag.Place{File: j.Name}, "the file cannot be read: %v", err)
		return nil, false
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case string(bytes.TrimRight(first, " \r")) == "---":
		for at := len(first) + 1; at < len(text); {
			line, _, _ := bytes.Cut(text[at:], []byte("\n"))
			if string(bytes.TrimRight(line, " \r")) == "---" {
				return text[:at], true
			}
			at += len(line) + 1
		}
	case strings.HasSuffix(strings.ToLower(j.Name), ".md"):
		j.record()
		j.leave(foreign.Left{Place: diag.Place{File: j.Name, Line: 1}, What: j.base(), Why: "Markdown without a block of metadata between two lines of --- at its start"})
		return nil, false
	}
	if len(text) > document.MaxBytes {
		j.probs.Errorf(diag.TooLarge, diag.Place{File: j.Name}, "longer than %d bytes, which a model card is not", document.MaxBytes)
		return nil, false
	}
	return text, true
}

// sort puts the keys of the top where they belong, and tells those that are none.
func (c *card) sort(root *document.Node) {
	ignored := columnsOf("model-card").Ignored
	for _, f := range root.Fields {
		switch {
		case f.Key == "runs" || f.Key == "deployments":
			if f.Value.Kind != document.List {
				c.probs.Add(f.Value.Problem(diag.BadType, "%s are a list, each with a dash ahead of it; this is %s", f.Key, f.Value.Kind))
				continue
			}
			c.entries[f.Key] = f.Value
		case f.Key == "co2_eq_emissions":
			c.co2 = f.Value
		case ignored[f.Key] != "":
			c.columns = append(c.columns, f.Key)
			c.to.Left(Left{foreign.Left{Place: f.Place, What: f.Key, Why: ignored[f.Key]}, Column})
		case slices.Contains(c.keys, f.Key):
			c.common = append(c.common, f)
		default:
			c.unknown(root, f, append([]string{"runs", "deployments", "co2_eq_emissions"}, c.keys...))
		}
	}
}

// read makes rows of the card's entries.
func (c *card) read(root *document.Node) {
	own, no := cardLists[c.kind.Name], 0
	for _, list := range []string{"runs", "deployments"} {
		if c.entries[list] == nil {
			continue
		}
		for i, n := range c.entries[list].Items {
			c.record()
			l := foreign.Left{Place: n.Place, What: fmt.Sprintf("%s[%d]", list, i)}
			if list != own {
				l.Why = fmt.Sprintf("of another kind: --kind %s reads it", otherCard(c.kind.Name))
				c.leave(l)
				continue
			}
			no++
			c.entry(n, l, no, len(c.entries[list].Items) == 1)
		}
	}
	if c.records > 0 {
		if c.co2 != nil && len(itemsOf(c.entries[own])) != 1 {
			c.emissions("stand for the whole card, and which of its entries they are of is not said")
		}
		return
	}
	if c.co2 != nil {
		c.record()
		l := c.emissions("")
		l.Why = noEnergy
		c.leave(l)
		return
	}
	if len(c.common) > 0 || len(c.columns) == 0 {
		c.probs.Add(root.Problem(diag.MissingKey, "the card has neither runs nor deployments"))
		return
	}
	c.record()
	c.leave(foreign.Left{Place: root.Place, What: c.base(), Why: "says nothing of runs, energy or hours"})
}

func itemsOf(n *document.Node) []*document.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// otherCard is the other kind that a card may hold.
func otherCard(kind string) string {
	if kind == "deployments" {
		return "training_runs"
	}
	return "deployments"
}

// noEnergy is why emissions are of no use.
const noEnergy = "emissions cannot become energy: the emission factor behind them is not in the card"

// unknown tells a key that is none of those that may stand there.
func (c *card) unknown(n *document.Node, f document.Field, known []string) {
	p := n.ProblemAt(f.Place, diag.UnknownKey, "unknown key %q", f.Key)
	switch f.Key {
	case "model_id", "hardware_id":
		p.Hint = "it is called " + strings.TrimSuffix(f.Key, "_id")
	case "run_id", "deployment_id":
		p.Hint = "it is called id"
	default:
		if near := diag.Nearest(f.Key, known); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
	}
	c.probs.Add(p)
}
