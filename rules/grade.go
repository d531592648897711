package rules

import "github.com/ai-impact-observatory/ailca/lca/column"

// gradeKey is a dictionary seen through a grading column: -1 for the row's own class, else the index of a basis.
type gradeKey struct {
	dict  *column.Dict
	basis int
}

// classify writes the worst class that each selected row's value used.
func (r *Runner) classify(c *classOf, rows []int32, out []uint8) {
	for _, i := range rows {
		out[i] = uint8(c.base)
	}
	if c.row {
		r.gradeBy(r.p.Method.Classes.Row, -1, rows, out)
	}
	for _, b := range c.basis {
		r.gradeBy(r.p.Method.Classes.Basis[b].Column, b, rows, out)
	}
	for _, q := range c.quantities {
		from := r.quantities[q].grade.Class
		for _, i := range rows {
			out[i] = max(out[i], from[i])
		}
	}
	for _, l := range c.lookups {
		from := r.lookups[l].class
		for _, i := range rows {
			out[i] = max(out[i], from[i])
		}
	}
}

// gradeBy raises classes by a column's words; a row without a word stays as it is.
func (r *Runner) gradeBy(name string, basis int, rows []int32, out []uint8) {
	c := r.columnOf(name)
	if c == nil || c.Dict == nil {
		return
	}
	k := gradeKey{c.Dict, basis}
	grades := r.grades[k]
	for len(grades) < len(c.Dict.Values) {
		word := c.Dict.Values[len(grades)]
		grade := max(class(word), 0)
		if basis >= 0 {
			grade = r.p.Method.Classes.Basis[basis].Words[word]
		}
		grades = append(grades, uint8(grade))
	}
	r.grades[k] = grades
	for _, i := range rows {
		if c.Valid.Get(int(i)) {
			out[i] = max(out[i], grades[c.Codes[i]])
		}
	}
}
