package reports

import (
	"slices"
	"strconv"
)

// agedYears is how many years the figure of ages has columns for; what is older stands in the first of them.
const agedYears = 7

// aged tells whether the edition says what year its factors describe.
func (p *page) aged() bool {
	return p.Year != 0 && slices.ContainsFunc(p.Factors, func(x FactorAge) bool { return x.Rows > 0 && (x.Year == 0 || drawableYear(x.Year)) })
}

// AgeFigure shows what year the factors describe that the study's totals were calculated with: a row for each factor, a column for each year up to the study's, and one for what is of no year. Nil where
// the edition does not say.
func (p *page) AgeFigure() (*figure, error) {
	first, last, undated := p.Year, p.Year, false
	for _, x := range p.Factors {
		if x.Year == 0 {
			undated = true
		} else if drawableYear(x.Year) {
			first, last = min(first, x.Year), max(last, x.Year)
		}
	}
	if len(p.Factors) == 0 || p.Year == 0 {
		return nil, nil
	}
	last = min(last, p.Year+2)
	first = max(first, last-agedYears+1)
	d := matrix{in: p.Text, Axis: true, Series: []series{{Title: p.Text.say("age_now", strconv.Itoa(p.Year)), Style: 0}, {Title: p.Text.say("age_older"), Style: 2}}}
	for y := first; y <= last; y++ {
		d.Columns = append(d.Columns, strconv.Itoa(y))
	}
	if undated {
		d.Columns = append(d.Columns, p.Text.say("age_none"))
		d.Series = append(d.Series, series{Title: p.Text.say("age_none"), Style: 1})
	}
	t := &table{Caption: p.Text.say("ages_table", strconv.Itoa(p.Year)), Columns: []column{{Text: p.Text.column("factor_used"), Raw: "factor"}, {Text: p.Text.column("described"), Raw: "year"},
		{Text: p.Text.column("age"), Raw: "years before the study's", Number: true}, {Text: p.Text.column("rows"), Raw: "rows", Number: true}}}
	var clauses []string
	old, none, all, oldest := 0, 0, 0, p.Year
	counts := map[[2]int]int{} // by row and column
	var names []string
	for _, x := range p.Factors {
		if x.Rows <= 0 || x.Year != 0 && !drawableYear(x.Year) {
			continue
		}
		row := slices.Index(names, x.Factor)
		if row < 0 {
			row = len(names)
			names = append(names, x.Factor)
		}
		label := p.Text.subject(x.Factor)
		line := []cell{{Text: label, Raw: x.Factor}, {Text: p.Text.say("age_none"), Raw: ""}, {Break: true, Value: true}, p.Text.counted(x.Rows)}
		at := len(d.Columns) - 1
		switch all += x.Rows; {
		case x.Year == 0:
			none += x.Rows
		default:
			at = min(max(x.Year, first), last) - first
			line[1] = plain(strconv.Itoa(x.Year))
			line[2] = p.Text.counted(max(0, p.Year-x.Year))
			if x.Year < p.Year {
				old += x.Rows
				oldest = min(oldest, x.Year)
			}
		}
		counts[[2]int{row, at}] += x.Rows
		t.Rows = append(t.Rows, line)
		clauses = append(clauses, p.Text.pair(label+" "+line[1].Text, line[3].Text))
	}
	if all == 0 {
		return nil, nil
	}
	pooled := slices.ContainsFunc(p.Factors, func(x FactorAge) bool { return drawableYear(x.Year) && x.Year < first })
	if pooled {
		d.Columns[0] = "≤ " + d.Columns[0]
	}
	for row, name := range names {
		r := matrixRow{Label: p.Text.subject(name), Cells: make([]matrixCell, len(d.Columns))}
		for at := range d.Columns {
			n := counts[[2]int{row, at}]
			style := 0
			switch {
			case undated && at == len(d.Columns)-1:
				style = 1
			case first+at < p.Year:
				style = 2
			}
			r.Cells[at] = matrixCell{Text: count(p.Text, n), Style: style, Filled: n > 0}
			if pooled && at == 0 && n > 0 { // a sum of several lines of the table
				at := slices.IndexFunc(t.Rows, func(line []cell) bool { return line[0].Raw == name })
				t.Rows = slices.Insert(t.Rows, at, []cell{{Text: r.Label, Raw: name}, plain(d.Columns[0]), {Break: true, Value: true}, p.Text.counted(n)})
			}
		}
		d.Rows = append(d.Rows, r)
	}
	fields := map[string]string{"All": count(p.Text, all), "Year": strconv.Itoa(p.Year), "None": count(p.Text, none)}
	if old > 0 {
		fields["Old"], fields["Oldest"] = count(p.Text, old), strconv.Itoa(oldest)
	}
	return p.figure("ages", "factor-ages", "", fields, d, p.Text.told(clauses), t)
}
