package importers

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// countLicences counts the rows of a batch under each licence that asks to share alike.
func (r *Report) countLicences(c *column.Column) {
	rows := make([]int64, len(c.Dict.Values))
	for i, code := range c.Codes {
		if c.Valid.Get(i) {
			rows[code]++
		}
	}
	for code, n := range rows {
		l, ok := licence.Named(c.Dict.Values[code])
		if !ok || !l.ShareAlike() || n == 0 {
			continue
		}
		at := slices.IndexFunc(r.ShareAlike, func(of LicenceReport) bool { return of.Licence == l.ID })
		if at < 0 {
			at = len(r.ShareAlike)
			r.ShareAlike = append(r.ShareAlike, LicenceReport{Licence: l.ID})
		}
		r.ShareAlike[at].Rows += n
	}
}
