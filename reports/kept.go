package reports

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"html/template"
	"strings"
)

// most of a CSV is repeated words and digits: from this size on the page holds it zipped, in about a quarter of the room, and every system opens that.
const zippedFrom = 16 << 10

// keptFile is a table's CSV within the page, for a reader to keep.
type keptFile struct {
	Link   template.HTMLAttr // its address, and the name that it is kept under
	Zipped bool
}

// keep puts a table's CSV, or where that is large a ZIP file that holds it alone, into an address. The same table gives the same bytes.
func keep(id, csv string) (keptFile, error) {
	if len(csv) < zippedFrom {
		return keptFile{Link: template.HTMLAttr(`href="data:text/csv;charset=utf-8,` + percentEncode(csv) + `" download="` + id + `.csv"`)}, nil
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(id + ".csv") // without a time
	if err == nil {
		_, err = w.Write([]byte(csv))
	}
	if err == nil {
		err = z.Close()
	}
	return keptFile{template.HTMLAttr(`href="data:application/zip;base64,` + base64.StdEncoding.EncodeToString(b.Bytes()) + `" download="` + id + `.zip"`), true}, err
}

// percentEncode leaves only what may stand in a data address, and in an attribute in double quotes as it is. A CSV has many commas, which url.PathEscape would write in three bytes each.
func percentEncode(s string) string {
	return percentEncoded(s, func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~,:/;=@!$*?()+", c) >= 0
	})
}

// percentEncoded encodes the bytes that are not to be kept.
func percentEncoded(s string, kept func(c byte) bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; kept(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
