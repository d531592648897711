package unit

import (
	_ "embed"
	"math/big"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

//go:embed units.yaml
var unitsText []byte

// known is the embedded table of units, read at its first use.
var known = sync.OnceValue(func() *table {
	var probs diag.List
	t := load("lca/unit/units.yaml", unitsText, &probs)
	if err := probs.Err(); err != nil {
		panic(err) // the file is part of the program
	}
	return t
})

// table is what units.yaml says.
type table struct {
	entries []entry             // bases, then units, in the order of the file
	symbols []string            // likewise
	units   map[string]Unit     // by symbol
	hints   map[string][]string // a spelling that is refused to the symbols that it may stand for
	bases   []base
	named   []named

	described described
}

type base struct{ symbol, dimension string }

type named struct {
	name string
	dim  dimension
}

// entry is a row of units.yaml: a base unit has a dimension, any other a factor of units above it.
type entry struct {
	Symbol    string         `doc:"symbol,required"`
	Name      string         `doc:"name,required"`
	Dimension string         `doc:"dimension"`
	Factor    string         `doc:"factor"`
	Of        string         `doc:"of"`
	Doc       string         `doc:"doc"`
	Source    string         `doc:"source"`
	Not       []string       `doc:"not"` // spellings that Parse refuses with a hint to Symbol
	At        *document.Node `doc:"@"`
}

// load reads a file of units. Problems go to probs; a row that has one is left out.
func load(name string, text []byte, probs *diag.List) *table {
	t := &table{units: map[string]Unit{}, hints: map[string][]string{}}
	root := document.Parse(name, text, probs)
	if root == nil {
		return t
	}
	var file struct {
		Base       []entry `doc:"base,required"`
		Units      []entry `doc:"units,required"`
		Dimensions []struct {
			Name string         `doc:"name,required"`
			Of   string         `doc:"of,required"`
			At   *document.Node `doc:"@"`
		} `doc:"dimensions"`
	}
	document.Decode(root, &file, probs)
	if len(file.Base) > maxBases {
		probs.Add(root.Problem(diag.TooLarge, "%d base units; at most %d are held", len(file.Base), maxBases))
		return t
	}
	for _, e := range file.Base {
		if e.Dimension == "" || e.Factor != "" || e.Of != "" {
			probs.Add(e.At.Problem(diag.BadValue, "the base unit %s needs a dimension, and neither factor nor of", e.Symbol))
			continue
		}
		u := Unit{factors: []factor{{e.Symbol, 1}}}
		u.dim[len(t.bases)] = 1
		t.bases = append(t.bases, base{e.Symbol, e.Dimension})
		t.define(e, u, probs)
	}
	for _, e := range file.Units {
		if e.Dimension != "" {
			probs.Add(e.At.Problem(diag.BadValue, "the unit %s takes its dimension from what it is defined by", e.Symbol))
			continue
		}
		scale, ok := number(e.Factor)
		if !ok {
			probs.Add(e.At.Problem(diag.BadValue, "the factor of %s is %q, not a positive decimal or fraction", e.Symbol, e.Factor))
			continue
		}
		of, err := t.parse(e.Of)
		if err != nil {
			p := e.At.Problem(diag.BadUnit, "the unit %s: %v", e.Symbol, err)
			p.Hint = "a unit is defined by units that stand above it"
			probs.Add(p)
			continue
		}
		scale.Mul(scale, of.exact())
		t.define(e, Unit{factors: []factor{{e.Symbol, 1}}, dim: of.dim, scale: scale}, probs)
	}
	for _, d := range file.Dimensions {
		of, err := t.parse(d.Of)
		if err != nil {
			probs.Add(d.At.Problem(diag.BadUnit, "the dimension %s: %v", d.Name, err))
			continue
		}
		t.named = append(t.named, named{d.Name, of.dim})
	}
	for _, e := range t.entries {
		for _, not := range e.Not {
			if _, isSymbol := t.units[not]; isSymbol {
				probs.Add(e.At.Problem(diag.DuplicateName, "the spelling %s of %s is a unit of its own", not, e.Symbol))
				continue
			}
			t.hints[not] = append(t.hints[not], e.Symbol)
		}
	}
	return t
}

func (t *table) define(e entry, u Unit, probs *diag.List) {
	if _, twice := t.units[e.Symbol]; twice {
		probs.Add(e.At.Problem(diag.DuplicateName, "the unit %s is defined twice", e.Symbol))
		return
	}
	if !isSymbol(e.Symbol) {
		probs.Add(e.At.Problem(diag.BadValue, "the symbol %q cannot be written in a unit", e.Symbol))
		return
	}
	t.units[e.Symbol] = u
	t.symbols = append(t.symbols, e.Symbol)
	t.entries = append(t.entries, e)
}

// number reads a positive decimal or fraction of decimals, without an exponent, exactly.
func number(text string) (*big.Rat, bool) {
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' && c != '/' {
			return nil, false
		}
	}
	r, ok := new(big.Rat).SetString(text)
	return r, ok && r.Sign() > 0
}

// Definition is a known unit as `ailca units` lists it.
type Definition struct {
	Symbol    string
	Name      string
	Dimension string // in words, as Unit.Dimension
	Factor    string // how many of Base it is, exactly: "3600000", "0.001"
	Base      string // a product of base units, such as "kg m2/s2"
	Doc       string // may be empty
	Source    string // of a factor that is no power of ten or plain arithmetic; else empty
}

// All lists the known units in the order of units.yaml.
func All() []Definition {
	t := known()
	out := make([]Definition, len(t.entries))
	for i, e := range t.entries {
		u := t.units[e.Symbol]
		inBase := Unit{}
		for j, power := range u.dim {
			if power != 0 {
				inBase.add(t.bases[j].symbol, int(power))
			}
		}
		out[i] = Definition{
			Symbol: e.Symbol, Name: e.Name, Dimension: u.Dimension(),
			Factor: decimal(u.exact()), Base: inBase.canonical(),
			Doc: e.Doc, Source: e.Source,
		}
	}
	return out
}

// decimal writes a rational number exactly, as a decimal where it has one.
func decimal(r *big.Rat) string {
	if places, exact := r.FloatPrec(); exact {
		return r.FloatString(places)
	}
	return r.RatString()
}
