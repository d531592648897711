package factors

import "github.com/ai-impact-observatory/ailca/lca/unit"

// Part is a product that a derived row adds up: a technology's share of a mix, and the value per technology.
type Part struct {
	Share, Value *Row
	Weight       float64 // of the row's value: a part of it
}

// Parts are what a derived row was computed from; nil of another row, and of one whose value is 0.
func (p *Pack) Parts(r *Row) []Part {
	if r.Derived == nil || r.Value == 0 {
		return nil
	}
	var out []Part
	for i := 0; i+1 < len(r.Derived); i += 2 {
		share, value := &p.Rows[r.Derived[i]], &p.Rows[r.Derived[i+1]]
		one, _ := unit.Factor(share.Unit, unit.One) // units were checked when the row was derived
		to, _ := unit.Factor(value.Unit, r.Unit)
		product := float64(float64(share.Value*one) * float64(value.Value*to))
		out = append(out, Part{share, value, product / r.Value})
	}
	return out
}
