package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Reconcile says how the two perspectives of a method meet: which burdens the fleet perspective counts in the year in which devices are put into service, and
// the service perspective over their service life.
type Reconcile struct {
	Stages []string       `doc:"stages,required"` // whose impacts are these burdens, in both perspectives
	Use    string         `doc:"use,required"`    // an impact of services; its amount is the devices that they wear out, each over its service life
	Fleet  FleetDates     `doc:"fleet,required"`
	At     *document.Node `doc:"@"`
}

// FleetDates says how many devices are in service from when to when, and how long they last.
type FleetDates struct {
	Kind    string         `doc:"kind,required"`
	Count   string         `doc:"count,required"`   // columns
	From    string         `doc:"from,required"`    // first day in service
	Retired string         `doc:"retired,required"` // last day
	Life    string         `doc:"life,required"`    // a quantity: service life
	At      *document.Node `doc:"@"`
}

// reconcile checks the words of the block.
func (l *loader) reconcile() {
	r := l.m.Reconcile
	if r == nil {
		return
	}
	l.words(r.At.Get("stages"), lca.Names(lca.Words().Stages))
	service, fleet := lca.Words().Perspectives[0].Name, lca.Words().Perspectives[1].Name
	var kinds, uses []string
	for _, k := range l.m.Kinds {
		kinds = append(kinds, k.Kind)
		for _, i := range k.Impacts {
			if i.Perspective == service && !slices.Contains(uses, i.Name) {
				uses = append(uses, i.Name)
			}
		}
	}
	l.word(r.At.Get("use"), r.Use, uses)
	l.word(r.Fleet.At.Get("kind"), r.Fleet.Kind, kinds)
	for _, k := range l.m.Kinds {
		if k.Kind != r.Fleet.Kind {
			continue
		}
		var lives []string
		for _, b := range []*Block{&k.Block, &l.m.common} {
			for _, q := range b.Quantities {
				lives = append(lives, q.Name)
			}
		}
		l.word(r.Fleet.At.Get("life"), r.Fleet.Life, lives)
		for _, i := range k.Impacts {
			if i.Perspective == fleet && slices.Contains(r.Stages, i.Stage) && i.Time != r.Fleet.From {
				p := i.At.Problem(diag.BadValue, "the impact %s is reconciled, and so of the year of %s", i.Name, r.Fleet.From)
				p.Hint = "time: " + r.Fleet.From
				l.probs.Add(p)
			}
		}
	}
}

// Life is where the block names the service life.
func (r *Reconcile) Life() *document.Node { return r.Fleet.At.Get("life") }
