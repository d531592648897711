package rules

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// Symbols have names by which they are found again in a table of amounts that was written elsewhere.
const (
	parameterPrefix = "parameter "
	derivedPrefix   = "derived "
	withinPrefix    = "within "
)

func (p *Program) parameterSymbol(i int) amounts.Symbol {
	q := p.Method.Parameters[i]
	return amounts.Symbol{Name: parameterPrefix + q.Name, Value: q.Value, Ref: q}
}

func (p *Program) derivedSymbol(i int) amounts.Symbol {
	d := p.derived[i]
	return amounts.Symbol{Name: derivedPrefix + d.Name, Value: d.Value, Ref: d}
}

// withinSymbol marks what a symbol is within of, see Within.
func withinSymbol(s amounts.Symbol) amounts.Symbol {
	return amounts.Symbol{Name: withinPrefix + s.Name, Value: 1, Ref: Within{s}, Mark: true}
}

// Symbol finds a symbol by its name: a parameter, what is derived from parameters, or a mark; factor finds those of the factors' values. It is false
// where there is none of that name.
func (p *Program) Symbol(name string, factor func(name string) (amounts.Symbol, bool)) (amounts.Symbol, bool) {
	if of, ok := strings.CutPrefix(name, withinPrefix); ok {
		s, ok := p.Symbol(of, factor)
		return withinSymbol(s), ok
	}
	if parameter, ok := strings.CutPrefix(name, parameterPrefix); ok {
		for i := range p.Method.Parameters {
			if p.Method.Parameters[i].Name == parameter {
				return p.parameterSymbol(i), true
			}
		}
		return amounts.Symbol{}, false
	}
	if derived, ok := strings.CutPrefix(name, derivedPrefix); ok {
		for i := range p.derived {
			if p.derived[i].Name == derived {
				return p.derivedSymbol(i), true
			}
		}
		return amounts.Symbol{}, false
	}
	return factor(name)
}
