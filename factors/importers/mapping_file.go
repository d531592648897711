package importers

import (
	"io"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// mappingFile is a mapping as it is written.
type mappingFile struct {
	Table tableEntry       `doc:"table,required"`
	File  fileEntry        `doc:"file"`
	Row   *document.Node   `doc:"row,required"`
	Rows  []*document.Node `doc:"rows"`
	Wide  *wideEntry       `doc:"wide"`
	Skip  []skipEntry      `doc:"skip"`
	At    *document.Node   `doc:"@"`
}

// tableEntry says what holds for every row of the table.
type tableEntry struct {
	Name     string         `doc:"name,required"`
	Title    string         `doc:"title,required"`
	Series   string         `doc:"series"` // the name where it is not given
	Source   string         `doc:"source,required"`
	URL      string         `doc:"url,required"`
	Licence  string         `doc:"licence,required"`
	Released string         `doc:"released"`
	Doc      string         `doc:"doc"`
	At       *document.Node `doc:"@"`
}

// fileEntry says how the file is written.
type fileEntry struct {
	Separator string         `doc:"separator"`
	Decimal   string         `doc:"decimal"`
	Header    int            `doc:"header"`
	Ragged    bool           `doc:"ragged"`
	At        *document.Node `doc:"@"`
}

// wideEntry says that each of several columns holds values, and what their headings are.
type wideEntry struct {
	Becomes string         `doc:"becomes,required"`
	Columns *document.Node `doc:"columns"`
	Except  *document.Node `doc:"except"`
	Prefix  string         `doc:"prefix"`
	Alias   *document.Node `doc:"alias"`
	At      *document.Node `doc:"@"`
}

// cellEntry says which column a field of a row is read from.
type cellEntry struct {
	Column string         `doc:"column,required"`
	Prefix string         `doc:"prefix"`
	Alias  *document.Node `doc:"alias"`
	At     *document.Node `doc:"@"`
}

// skipEntry leaves records or values out.
type skipEntry struct {
	Column string         `doc:"column"`
	Is     *document.Node `doc:"is"`
	Value  *document.Node `doc:"value"`
	Why    string         `doc:"why,required"`
	At     *document.Node `doc:"@"`
}

// readMappingFile reads a mapping as it is written, and how the file is; nil, with the problem told, where it is not readable.
func readMappingFile(f *File, probs *diag.List) (*mappingFile, foreign.Dialect) {
	var d foreign.Dialect
	text, err := io.ReadAll(f.Text)
	if err != nil {
		probs.Errorf(diag.NotFound, diag.Place{File: f.Name}, "the mapping cannot be read: %v", err)
		return nil, d
	}
	root := document.Parse(f.Name, text, probs)
	if root == nil {
		return nil, d
	}
	var m mappingFile
	document.Decode(root, &m, probs)
	if root.Kind != document.Map {
		return nil, d
	}
	d, wrong := foreign.DialectOf(m.File.Separator, m.File.Decimal, m.File.Header, func(part string) bool { return m.File.At.Get(part) != nil }, m.File.Ragged)
	for _, w := range wrong {
		code := diag.BadValue
		if w.Part == "header" {
			code = diag.OutOfRange
		}
		probs.Add(m.File.At.Get(w.Part).Problem(code, "%s", w.Message))
	}
	return &m, d
}
