package reports

// Leading is the total that a perspective is told by where there is room for one: of the study's year, of the first category that is assessed, under the leading accounting.
type Leading struct {
	Perspective string   `json:"perspective"`
	Accounting  string   `json:"accounting"`
	Category    string   `json:"category"`
	Unit        string   `json:"unit"`
	Value       float64  `json:"value"`
	P05         *float64 `json:"p05,omitempty"` // nil: no interval was computed
	P95         *float64 `json:"p95,omitempty"`
	Incomplete  bool     `json:"incomplete,omitempty"` // a part was refused under an accepted gap
}

// Leading are the totals that lead the edition's perspectives, in their order.
func (e *Edition) Leading() ([]Leading, error) {
	p, err := newPage(e)
	if err != nil {
		return nil, err
	}
	return p.leading()
}

func (p *page) leading() (out []Leading, err error) {
	for _, t := range p.Perspectives() {
		l, err := p.leadingOf(t.Name)
		if err != nil {
			return nil, err
		}
		if l != nil {
			out = append(out, *l)
		}
	}
	return out, nil
}

// leadingOf is that of a perspective; nil where nothing of it is assessed.
func (p *page) leadingOf(perspective string) (*Leading, error) {
	for _, c := range p.categories {
		for _, a := range p.accountings() {
			v, err := p.total(p.Year, perspective, a.Name, c.Name)
			if err != nil {
				return nil, err
			}
			if v == nil {
				continue
			}
			state := p.standing(p.Year, perspective, a.Name, c.Name)
			if state.NotAssessed {
				break // as its card says
			}
			out := &Leading{Perspective: perspective, Accounting: a.Name, Category: c.Name, Unit: c.Unit, Value: *v, Incomplete: state.Incomplete}
			if b := p.ownInterval(perspective, a.Name, c.Name); b != nil {
				out.P05, out.P95 = &b.low, &b.high
			}
			return out, nil
		}
	}
	return nil, nil
}

// printed is the figure in the page's language.
func (p *page) printed(l Leading) number {
	return p.Text.scale(l.Unit, l.Value).within(l.Value, l.Unit, interval(l.P05, l.P95))
}

// named says what the figure is: category, perspective and accounting.
func (p *page) named(l Leading) string {
	return p.category(l.Category).Title + " · " + p.about(l.Perspective) + ", " + lower(p.Text.titleOf(p.words.Accountings, l.Accounting))
}
