package engine

// Plan is how a scan goes about an inventory.
type Plan struct {
	Columns []string // that are read
	// Rows of one pattern have these in common: the words in some columns, whether others have a value, and the calendar year. ByPattern is false
	// where the rules are applied to each row.
	ByPattern        bool
	Words, Presences []string
	Year             bool
	Dated            []string // flows with dates of their own, for which there are no patterns
}

// Plan tells how a scan would go about the inventory. It reads nothing.
func (inv *Inventory) Plan() Plan {
	l := newLane(inv, nil, 0, false)
	p := Plan{Columns: l.layout.columns, ByPattern: l.patterns.possible}
	for _, f := range l.patterns.features {
		switch {
		case f.column < 0:
			p.Year = true
		case f.use == ByValue:
			p.Words = append(p.Words, l.layout.columns[f.column])
		default:
			p.Presences = append(p.Presences, l.layout.columns[f.column])
		}
	}
	for _, f := range inv.Flows {
		if f.HasTime {
			p.Dated = append(p.Dated, f.Name)
		}
	}
	return p
}
