package datasets

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// KindOf finds the kind of an inventory: as told, as its metadata says, or the one that knows most of its columns.
// It is nil, with the problem in probs, where none of these tells it.
func KindOf(file File, told string, probs *diag.List) *Kind {
	f, err := parquet.Open(file.Name, file.R, file.Size)
	if err != nil {
		probs.AddError(err, diag.BadParquet, diag.Place{File: file.Name})
		return nil
	}
	byCaller := told != ""
	if told == "" {
		told, _ = f.Lookup(KindKey)
	}
	var columns []string
	for _, c := range f.Columns() {
		columns = append(columns, c.Name)
	}
	if kind, ok := Recognise(told, columns); ok {
		if like, ok := Recognise("", columns); byCaller && ok && like != kind && slices.ContainsFunc(columns, func(c string) bool { _, known := kind.Column(c); return !known }) {
			probs.Errorf(diag.Usage, diag.Place{File: file.Name}, "the columns are those of %s, not of %s", like.Name, kind.Name)
			return nil
		}
		return kind
	}
	probs.Add(diag.Problem{Code: diag.UnknownName, Place: diag.Place{File: file.Name}, Message: "the columns do not tell of which kind the inventory is", Hint: "name it, for example --kind " + KindNames()[len(KindNames())-1] + "; kinds: " + strings.Join(KindNames(), ", ")})
	return nil
}
