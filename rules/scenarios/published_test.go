package scenarios

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What sources print, computed anew with the arithmetic beside it.
func TestWorkedNumbers(t *testing.T) {
	deployments := Asked{Kind: "deployments"}
	world, states := Asked{Region: "WOR"}, Asked{Region: "USA"}
	for _, c := range []struct {
		ref, name string
		of        Asked
		year      int
		want      float64
		digits    int // behind the point, to which want is rounded
	}{
		// Capgemini Invent (arXiv 2501.14334), High Adoption Without Boundaries: the weight of agents is 0.486.
		{"capgemini-high-adoption@2025.1", "volume", Asked{}, 2030, 11.92708, 5},     // (1 − 0.486) · 10.09 + 0.486 · 13.87
		{"capgemini-high-adoption@2025.1", "efficiency", Asked{}, 2030, 4.398047, 6}, // 1.28⁶
		{"capgemini-high-adoption@2025.1", "hardware_efficiency", deployments, 2030, 4.398047, 6},
		{"capgemini-high-adoption@2025.1", "energy_index", Asked{}, 2030, 24.407, 3}, // 11.92708 · 3 · 3 / 4.398047
		{"capgemini-high-adoption@2025.1", "energy_index", Asked{}, 2024, 1, 12},
		{"capgemini-high-adoption@2025.1", "gases_index", Asked{}, 2030, 18.549, 3},        // 24.407 · 0.4530512 / 0.59612, that is 24.407 · 0.76
		{"capgemini-high-adoption@2025.1", "chat_over_language", Asked{}, 2027, 4675.7, 1}, // 1.73e−2 / 3.70e−6, printed as ~4,600
		{"capgemini-high-adoption@2025.1", "share_25", Asked{}, 2024, -0.3171, 4},          // 3.9713 · 0.25² − 1.1961 · 0.25 − 0.2663
		{"capgemini-high-adoption@2025.1", "share_45", Asked{}, 2024, -0.0004, 4},          // 3.9713 · 0.45² − 1.1961 · 0.45 − 0.2663
		{"capgemini-high-adoption@2025.1", "share_65", Asked{}, 2024, 0.6341, 4},           // 3.9713 · 0.65² − 1.1961 · 0.65 − 0.2663
		{"capgemini-high-adoption@2025.1", "use_cases", Asked{}, 2030, 344.5, 1},           // 7.81 · 2.08 + 7.1 · 3.30 + 56.09 · 2.57 + 9.57 · 6.05 + 19.43 · 5.29, printed as 341
		// Intermediate, with the same weight.
		{"capgemini-intermediate@2025.1", "volume", Asked{}, 2030, 8.3234, 4},      // (1 − 0.486) · 7.4 + 0.486 · 9.3
		{"capgemini-intermediate@2025.1", "energy_index", Asked{}, 2030, 7.570, 3}, // 8.3234 · 2 · 2 / 4.398047, printed as 7.55
		{"capgemini-intermediate@2025.1", "gases_index", Asked{}, 2030, 5.753, 3},  // 7.570 · 0.76, printed as 5.76
		// IEA 2025, Base Case: 415 TWh in 2024 and 945 in 2030 are (945 / 415)^(1/6) = 1.1470 a year.
		{"iea-base@2025.1", "sector_electricity", world, 2025, 476, 0},
		{"iea-base@2025.1", "sector_electricity", world, 2026, 546, 0},
		{"iea-base@2025.1", "sector_electricity", world, 2027, 626, 0},
		{"iea-base@2025.1", "sector_electricity", world, 2028, 718, 0},
		{"iea-base@2025.1", "sector_electricity", world, 2029, 824, 0},
		{"iea-base@2025.1", "sector_electricity", world, 2031, 991, 0},     // 945 · (1200 / 945)^(1/5), 4.9 % a year
		{"iea-base@2025.1", "ai_share", Asked{}, 2027, 0.2625, 12},         // 0.10 + (0.425 − 0.10) · 3/6
		{"iea-base@2025.1", "electricity_demand", world, 2024, 41.5, 9},    // 415 · 0.10
		{"iea-base@2025.1", "electricity_demand", world, 2030, 401.625, 9}, // 945 · 0.425
		{"iea-key-questions@2026.1", "sector_electricity", world, 2025, 485, 12},
		// LBNL 2024: 13 % and 27 % a year.
		{"lbnl-low@2024.1", "growth_from_2023", Asked{}, 2028, 0.13, 2},     // (325 / 176)^(1/5) − 1 = 0.1305
		{"lbnl-high@2024.1", "growth_from_2023", Asked{}, 2028, 0.27, 2},    // (580 / 176)^(1/5) − 1 = 0.2694
		{"lbnl-low@2024.1", "sector_electricity", states, 2024, 198.97, 2},  // 176 · 1.130509
		{"lbnl-high@2024.1", "sector_electricity", states, 2024, 223.41, 2}, // 176 · 1.269355
		// Schneider Electric: 2024 is 2025 taken back.
		{"schneider-limits-to-growth@2024.1", "ai_electricity", world, 2024, 72.19, 2}, // 100 / (510 / 100)^(1/5)
		{"schneider-sustainable-ai@2024.1", "ai_electricity", world, 2024, 81.38, 2},   // 100 / (785 / 100)^(1/10)
		// Epoch AI.
		{"epoch-compute@2025.1", "a_decade", Asked{}, 2020, 11.806, 3},         // 1.28¹⁰, printed as 12
		{"epoch-compute@2025.1", "training_compute", Asked{}, 2022, 21.16, 9},  // 4.6²
		{"epoch-compute@2025.1", "training_energy", Asked{}, 2021, 3.59375, 9}, // 4.6 / 1.28
	} {
		s := embeddedScenario(t, c.ref)
		got := valueOf(t, s, c.name, c.of, c.year)
		if math.Abs(got-c.want) > 0.5*math.Pow(10, -float64(c.digits)) {
			t.Errorf("%s: %s in %d is %v, want %v", c.ref, c.name, c.year, got, c.want)
		}
	}
}

// An S-curve has gone a tenth of its way half its width before the middle, half of it in the middle, nine tenths half its width after.
func TestAnSCurveIsLogistic(t *testing.T) {
	s := sound(t, `
drivers:
  ai_share: {basis: derived, s_curve: {from: 0.1, to: 0.6, middle: 2027, width: 4}}
  volume: {basis: derived, s_curve: {from: 3, to: 1, middle: 2027, width: 2}}
  pue: {basis: derived, s_curve: {from: 1.5, to: 1.1, middle: 1900, width: 1e-3}}
`)
	for _, c := range []struct {
		name string
		year int
		want float64
	}{
		{"ai_share", 2025, 0.15},        // 0.1 + 0.1 · 0.5
		{"ai_share", 2027, 0.35},        // 0.1 + 0.5 · 0.5
		{"ai_share", 2029, 0.55},        // 0.1 + 0.9 · 0.5
		{"ai_share", 2026, 0.1 + 0.5/4}, // 1 / (1 + 9^(2 · 1/4)) = 1/4
		{"ai_share", 2028, 0.1 + 0.5*3/4},
		{"volume", 2026, 2.8}, // downwards
		{"volume", 2027, 2},
		{"volume", 2028, 1.2},
		{"pue", 2024, 1.1}, // long gone
	} {
		if got := valueOf(t, s, c.name, Asked{}, c.year); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s in %d is %v, want %v", c.name, c.year, got, c.want)
		}
	}
}

// Deployments are none of a source's that is of training: what acts on them stays as it is.
func TestTrainingLeavesDeploymentsAsTheyAre(t *testing.T) {
	s := embeddedScenario(t, "epoch-compute@2025.1")
	if got := valueOf(t, s, "hardware_efficiency", Asked{Kind: "training_runs"}, 2021); got != 1.28 {
		t.Errorf("efficiency of training grows %v times", got)
	}
	if a, _ := s.Value("hardware_efficiency", Asked{Kind: "deployments"}, 2021); !a.Held {
		t.Errorf("deployments follow the efficiency of training: %v", a)
	}
}

// Who takes a number from a scenario must be able to say of what it is, whence, and under which licence.
func TestEveryScenarioSaysWhatItRestsOn(t *testing.T) {
	for _, ref := range Names() {
		s := embeddedScenario(t, ref)
		for what, text := range map[string]string{"of": s.Of, "source": s.Source, "licence": s.Licence, "title": s.Title, "doc": s.Doc} {
			if len(strings.TrimSpace(text)) < 3 {
				t.Errorf("%s: no %s", ref, what)
			}
		}
		if !slices.Contains([]string{"CC-BY-4.0", "cited figures"}, s.Licence) {
			t.Errorf("%s: licence %q", ref, s.Licence)
		}
		for _, d := range slices.Concat(s.Drivers, s.Terms) {
			if len(strings.TrimSpace(d.Source)) < 5 && d.Basis != "derived" {
				t.Errorf("%s: %s is %s and has no source", ref, d.Name, d.Basis)
			}
			if d.Basis == "derived" && strings.TrimSpace(d.Source+d.Doc) == "" && !d.computed() {
				t.Errorf("%s: %s is derived, and nothing says from what", ref, d.Name)
			}
		}
		for _, p := range s.Published {
			if p.Class == "" || p.What == "" {
				t.Errorf("%s: %s is published, and nothing says what of it", ref, p.Driver)
			}
			if !slices.Contains([]string{"exact", "input", "reading", "bound"}, p.Class) && p.Within == "" {
				t.Errorf("%s: %s is %s, and must be met exactly", ref, p.What, p.Class)
			}
		}
	}
	for _, d := range Definitions() {
		if d.Value != nil && strings.TrimSpace(d.Source) == "" {
			t.Errorf("the value of %s has no source", d.Name)
		}
	}
}

// Figures that nobody has read in their source are in no file of the package: of Schneider Electric 2024 the 1,370 TWh of Abundance Without Boundaries and the 670 and 380 TWh of Energy Crisis.
// The 670 TWh of the IEA's Headwinds Case are another figure.
func TestNoUnreadFigureIsUsed(t *testing.T) {
	unread := map[string]*regexp.Regexp{
		"Abundance Without Boundaries": regexp.MustCompile(`\b1[,. ]?370\b`),
		"Energy Crisis":                regexp.MustCompile(`\b(670|380)\b`),
	}
	files := map[string]string{}
	for _, ref := range Names() {
		name, version, _ := strings.Cut(ref, "@")
		text, err := embedded.ReadFile(name + "/" + version + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(text)
		if strings.Contains(name, "abundance") || strings.Contains(name, "crisis") {
			t.Errorf("%s rests on figures that nobody has read", ref)
		}
	}
	text, err := definitionFile.ReadFile("drivers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files["drivers.yaml"] = string(text)
	for name, text := range files {
		for of, figure := range unread {
			if found := figure.FindString(text); found != "" && (name != "iea-headwinds" || found != "670") {
				t.Errorf("%s has the figure %s of %s", name, found, of)
			}
		}
		if strings.Contains(text, "unverified") {
			t.Errorf("%s has a figure that is marked as unverified", name)
		}
	}
	for _, s := range []string{"schneider-sustainable-ai@2024.1", "schneider-limits-to-growth@2024.1"} {
		d, _ := embeddedScenario(t, s).Get("ai_electricity")
		for _, c := range d.Values {
			for _, p := range c.Points {
				if p.Year == 2024 || slices.Contains([]float64{1370, 670, 380}, p.Value) {
					t.Errorf("%s: %v in %d is not printed", s, p.Value, p.Year)
				}
			}
		}
	}
}
