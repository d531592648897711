package factors

import (
	"slices"
	"strings"
	"testing"
)

// The registry says of each licence once what its text allows, in words that the lints know.
func TestTheRegistryOfLicencesIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Licences() {
		if seen[strings.ToLower(l.ID)] {
			t.Errorf("%s stands twice", l.ID)
		}
		seen[strings.ToLower(l.ID)] = true
		if !slices.Contains([]string{"yes", "share-alike", "no"}, l.Redistribute) || l.Name == "" || l.URL != "" && !strings.HasPrefix(l.URL, "https://") {
			t.Errorf("%+v", l)
		}
	}
}

func TestLicencesThatForbidAreKnownAsSuch(t *testing.T) {
	for id, want := range map[string]string{"LicenseRef-ecoinvent": "no", "LicenseRef-AIB": "no", "LicenseRef-ElectricityMaps": "no", "CC-BY-NC-4.0": "no", "AGPL-3.0-or-later": "share-alike", "ODbL-1.0": "share-alike",
		"LicenseRef-DbCL-1.0": "yes", "DbCL-1.0": ""} {
		if l, _ := LicenceNamed(id); l.Redistribute != want {
			t.Errorf("%s is %q, expected %q", id, l.Redistribute, want)
		}
	}
}
