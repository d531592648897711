package reports

import (
	"cmp"
	"slices"
	"strconv"
)

// SourceTable is the register of sources and licences by table and source. Print joins the rows of one table, source and licence that
// stand at different addresses; the file lists each.
func (p *page) SourceTable() *table {
	sources := slices.Clone(p.Sources)
	slices.SortStableFunc(sources, func(a, b Source) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Licence, b.Licence), cmp.Compare(a.URL, b.URL))
	})
	head := func(name string, number bool) column {
		return column{Text: p.Text.column(name), Raw: name, Number: number}
	}
	whole := &table{Columns: []column{head("table", false), head("source", false), head("licence", false), head("rows", true), head("url", false)}}
	t := &table{ID: "register", Caption: p.Text.say("register"), File: whole,
		Columns: []column{head("source", false), head("table", false), head("licence", false), head("rows", true), head("addresses", true)}}
	for i := 0; i < len(sources); {
		first, rows, urls := sources[i], 0, []string(nil)
		for ; i < len(sources) && sources[i].Table == first.Table && sources[i].Source == first.Source && sources[i].Licence == first.Licence; i++ {
			s := sources[i]
			rows += s.Rows
			if s.URL != "" && !slices.Contains(urls, s.URL) {
				urls = append(urls, s.URL)
			}
			whole.Rows = append(whole.Rows, []cell{plain(s.Table), plain(s.Source), plain(s.Licence), p.Text.counted(s.Rows), plain(s.URL)})
		}
		address := cell{Break: true, Value: true}
		if len(urls) > 0 {
			address = p.Text.counted(len(urls))
		}
		name := plain(first.Source)
		if len(urls) > 0 {
			name = link(first.Source, urls[0])
		}
		t.Rows = append(t.Rows, []cell{name, plain(first.Table), plain(first.Licence), p.Text.counted(rows), address})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t.cut()
}

// counted is a count in a table.
func (w *wording) counted(n int) cell {
	return cell{Text: count(w, n), Raw: strconv.Itoa(n), Value: true}
}
