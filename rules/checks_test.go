package rules

import "testing"

func TestTheEmbeddedChecksAreRead(t *testing.T) {
	for _, f := range EmbeddedChecks() {
		if len(f.Checks) == 0 {
			t.Errorf("%s looks for nothing", f.Name)
		}
	}
}
