package levers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Ask is a number that the lever's file leaves to the study, for no source says it: a share that is the choice of whoever acts, or a fact of their own.
type Ask struct {
	Name string
	Unit string
	Doc  string

	given bool
	node  *document.Node // without ask
}

// ask is the key of a parameter that is left to the study.
const ask = "ask"

// asks parts the parameters that are left to the study from those that the file has, which are returned.
func (l *Lever) asks(n *document.Node, probs *diag.List) *document.Node {
	if n == nil || n.Kind != document.Map {
		return n
	}
	var left []string
	for _, f := range n.Fields {
		at := f.Value.Get(ask)
		if at == nil {
			continue
		}
		left = append(left, f.Key)
		var raw struct {
			Ask  bool           `doc:"ask,required"`
			Unit string         `doc:"unit,required"`
			Min  *document.Node `doc:"min"`
			Max  *document.Node `doc:"max"`
			Doc  string         `doc:"doc,required"`
		}
		document.Decode(f.Value, &raw, probs)
		if at.Text == "false" {
			probs.Add(at.Problem(diag.BadValue, "a parameter with a value of its own has no key ask"))
		}
		if raw.Unit == "1" || raw.Unit == "%" {
			for _, key := range []string{"min", "max"} {
				if f.Value.Get(key) == nil {
					p := f.Value.Problem(diag.MissingKey, "%s, in the unit %s, is left to the study without %s", f.Key, raw.Unit, key)
					p.Why = "a share beyond what can be makes impacts negative"
					p.Hint = "of a share min: 0, max: 1"
					if raw.Unit == "%" {
						p.Hint = "of a share min: 0, max: 100"
					}
					probs.Add(p)
				}
			}
		}
		l.Asks = append(l.Asks, Ask{Name: f.Key, Unit: raw.Unit, Doc: raw.Doc, node: f.Value.Without(ask)})
	}
	return n.Without(left...)
}

// Takes reports whether the lever has a parameter, its own or one that is left to the study.
func (l *Lever) Takes(name string) bool { return slices.Contains(l.takes(), name) }

func (l *Lever) takes() (out []string) {
	for _, a := range l.Asks {
		out = append(out, a.Name)
	}
	for _, p := range l.Parameters() {
		out = append(out, p.Name)
	}
	return out
}

// NoParameter has a problem, which has a place or none, say that the lever has no parameter of a name.
func (l *Lever) NoParameter(p diag.Problem, name string) diag.Problem {
	p.Code, p.Message = diag.UnknownName, fmt.Sprintf("%s has no parameter %q", l.Ref(), diag.Excerpt(name, 80))
	if p.Hint = "ailca levers show " + l.Name + " lists them"; diag.Nearest(name, l.takes()) != "" {
		p.Hint = "did you mean " + diag.Nearest(name, l.takes()) + "?"
	}
	return p
}

// Lacking names the parameters that are left to the study and that it has not given.
func (l *Lever) Lacking() (out []string) {
	for _, a := range l.Asks {
		if !a.given {
			out = append(out, a.Name)
		}
	}
	return out
}

// Giving is the lever with numbers that a study gives: of those that are left to it, and of others in place of the file's. n is a map of parameters, each with value, source and, where it is not exact,
// distribution; unit, bounds and doc are the file's. All problems go to probs; nil where there are any.
func (l *Lever) Giving(n *document.Node, probs *diag.List) *Lever {
	if nothing(n) {
		return l
	}
	if n.Kind != document.Map {
		probs.Add(n.Problem(diag.BadType, "expected a map of parameters of %s, found %s", l.Name, n.Kind))
		return nil
	}
	start := probs.Count(diag.Error)
	out := *l
	out.Asks, out.given = slices.Clone(l.Asks), nil
	parameters := document.Node{Kind: document.Map}
	if l.Overrides.Parameters != nil {
		parameters = *l.Overrides.Parameters
		parameters.Fields = slices.Clone(parameters.Fields)
	}
	sum := l.Digest
	for _, f := range n.Fields {
		var raw struct {
			Value        *document.Node `doc:"value,required"`
			Distribution *document.Node `doc:"distribution"`
			Source       *document.Node `doc:"source,required"`
		}
		before := probs.Count(diag.Error)
		document.Decode(f.Value, &raw, probs)
		if probs.Count(diag.Error) > before {
			continue
		}
		asked := slices.IndexFunc(out.Asks, func(a Ask) bool { return a.Name == f.Key })
		at := slices.IndexFunc(parameters.Fields, func(p document.Field) bool { return p.Key == f.Key })
		was := (*document.Node)(nil)
		switch {
		case asked >= 0:
			was, out.Asks[asked].given = out.Asks[asked].node, true
		case at >= 0:
			was = parameters.Fields[at].Value
		default:
			probs.Add(l.NoParameter(n.ProblemAt(f.Place, diag.UnknownName, ""), f.Key))
			continue
		}
		out.given = append(slices.Clip(out.given), f.Key)
		given := f.Value.Without() // its place is the study's
		for _, key := range []string{"unit", "min", "max", "class", "doc"} {
			if v := was.Get(key); v != nil {
				given.Fields = append(given.Fields, document.Field{Key: key, Place: f.Place, Value: v})
			}
		}
		if raw.Distribution == nil {
			given.Fields = append(given.Fields, document.Field{Key: "distribution", Place: f.Place, Value: f.Value.Scalar("fixed")})
		}
		if at >= 0 {
			parameters.Fields[at].Value = given
		} else {
			parameters.Fields = append(parameters.Fields, document.Field{Key: f.Key, Place: f.Place, Value: given})
		}
		for _, key := range []string{"value", "distribution", "source"} {
			sum += " " + f.Key + " " + key + " " + text(f.Value.Get(key))
		}
	}
	digest := sha256.Sum256([]byte(sum))
	out.Overrides.Parameters, out.Overrides.Digest = &parameters, hex.EncodeToString(digest[:])
	if out.parameters = (&rules.Method{}).Overridden(&out.Overrides, probs).Parameters; probs.Count(diag.Error) > start {
		return nil
	}
	return &out
}

// Given are the numbers that a study gave, in the order in which they stand there.
func (l *Lever) Given() (out []rules.Parameter) {
	all := l.Parameters()
	for _, name := range l.given {
		for _, p := range all {
			if p.Name == name {
				out = append(out, p)
			}
		}
	}
	return out
}

func text(n *document.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}
