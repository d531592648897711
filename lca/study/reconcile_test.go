package study

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet/parquettest"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// A method of four years of service life, in which services are charged by the hour and the fleet by the device.
const fleetMethod = `
method: fleet
version: "1"
status: draft
date: "2025-06-01"
title: What devices burden, over their service life and when they are made
categories: [climate_change]
parameters:
  default_lifetime: {value: 4, unit: a, distribution: fixed, source: assumption of a test}
factors: {embodied: {}}
common:
  quantities:
    service_life: {unit: a, expr: default_lifetime}
    use_share: {unit: "1", expr: device_hours / service_life}
kinds:
  deployments:
    impacts:
      - {name: manufacturing, perspective: service, stage: manufacturing, amount: use_share, factor: embodied, technology: hardware_id}
  fleet:
    impacts:
      - {name: manufacturing, perspective: fleet, stage: manufacturing, time: in_service, amount: count, factor: embodied, technology: hardware_id}
reconcile:
  stages: [manufacturing]
  use: manufacturing
  fleet: {kind: fleet, count: count, from: in_service, retired: retired, life: service_life}
`

func day(text string) float64 {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return float64(d.Unix() / 86400)
}

// devices is a row of a fleet of H100, of which each has a published footprint; retired may be empty.
func devices(id, owner string, count float64, from, retired string) logRow {
	row := logRow{"fleet_id": id, "hardware_id": "nvidia-h100-sxm5-80gb", "owner": owner, "region": "FRA", "in_service": day(from), "count": count, "count_basis": "installed",
		"scope": "volume", "source": "a test", "licence": "CC0-1.0", "quality": "reported"}
	if retired != "" {
		row["retired"] = day(retired)
	}
	return row
}

// served is a row of a service of a year.
func served(id, organisation string, hours float64, year int) logRow {
	return logRow{"deployment_id": id, "model_id": id, "organisation": organisation, "hardware_id": "nvidia-h100-sxm5-80gb", "region": "FRA", "device_hours": hours, "year": float64(year),
		"scope": "volume", "source": "a test", "licence": "CC0-1.0", "quality": "reported"}
}

// fleetStudy is a study of both kinds. what is more of its text.
func fleetStudy(t *testing.T, what string, fleet, services []logRow, groupRows int) *Study {
	t.Helper()
	open, err := datasets.OpenEdition()
	if err != nil {
		t.Fatal(err)
	}
	content := map[string][]byte{"hardware.parquet": open["hardware"]}
	for name, rows := range map[string][]logRow{"fleet": fleet, "deployments": services} {
		kind, _ := datasets.KindByName(name)
		content[name+".parquet"] = parquettest.Write(t, kind.Fields(), logTable(kind.Fields(), rows), groupRows)
	}
	method := filepath.Join(t.TempDir(), "method.yaml")
	if err := os.WriteFile(method, []byte(fleetMethod), 0o666); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	s := parse("study.yaml", []byte("study: fleet\nyear: 2024\nmethod: "+method+`
pack: open@2025.1
inventories: {hardware: hardware.parquet, fleet: fleet.parquet, deployments: deployments.parquet}
accept_overlaps: [{kind: fleet, rows: ["*"], reason: "rows of a test are made up"}, {kind: deployments, rows: ["*"], reason: "rows of a test are made up"}]
`+what), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return held(s, content)
}

const covered = "group_by: [hardware]\nreconcile: {fleet: covers, reason: one cluster and all that ran on it}\n"

func reconciliation(t *testing.T, s *Study) ([]lca.Reconciliation, *Summary) {
	t.Helper()
	sum, err := Run(context.Background(), s, Options{Out: t.TempDir(), Jobs: 2})
	if err != nil {
		t.Fatal(err)
	}
	return rowsOf[lca.Reconciliation](t, sum.Folder, "reconciliation.parquet"), sum
}

// text is a year of the table, in kg, or why there is none.
func accountText(x *lca.Reconciliation) string {
	of := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return fmt.Sprintf("%.6g", *v)
	}
	out := fmt.Sprintf("%d %s+%s=%s+%s+%s+%s beyond %s", x.Year, of(x.Opening), of(x.Manufactured), of(x.Services), of(x.Unused), of(x.WrittenOff), of(x.Closing), of(x.BeyondLife))
	if x.Status != reconciled {
		out += ": " + x.Why
	}
	return out
}

// Eight H100 of 163.344 kg each, 1,306.752 kg, over 4 × 365 days: 326.688 kg a year of 365 days. In 2023 services use 35,040 of the 70,080 device hours,
// half of them.
func TestPerspectivesReconcile(t *testing.T) {
	eight := []logRow{devices("a", "o", 8, "2023-01-01", "")}
	for _, c := range []struct {
		name            string
		what            string
		fleet, services []logRow
		want            []string
	}{
		{"what services do not use of the capacity is unused", covered, eight, []logRow{served("x", "o", 35040, 2023), served("y", "p", 70272, 2024)}, []string{
			"2023 0+1306.75=163.344+163.344+0+980.064 beyond 0",
			"2024 980.064+0=327.583+0+0+652.481 beyond 0"}}, // a leap year: 366 days
		{"what is retired is written off", covered, []logRow{devices("a", "o", 8, "2023-01-01", "2023-12-31")}, []logRow{served("x", "o", 35040, 2023)}, []string{
			"2023 0+1306.75=163.344+163.344+980.064+0 beyond 0",
			"2024 0+0=0+0+0+0 beyond 0"}},
		{"of devices beyond their life nothing is left, and services are charged all the same", covered, []logRow{devices("a", "o", 8, "2019-01-01", "")}, []logRow{served("x", "o", 70080, 2023), served("y", "o", 7008, 2024)}, []string{
			"2019 0+1306.75=0+326.688+0+980.064 beyond 0",
			"2020 980.064+0=0+327.583+0+652.481 beyond 0",
			"2021 652.481+0=0+326.688+0+325.793 beyond 0",
			"2022 325.793+0=0+325.793+0+0 beyond 0", // the leap year took a day of the last one
			"2023 0+0=0+0+0+0 beyond 326.688",
			"2024 0+0=0+0+0+0 beyond 32.6688"}},
		{"services cannot use more than there is", covered, eight, []logRow{served("x", "o", 70081, 2023)}, []string{
			"2023 0+1306.75=-+-+0+980.064 beyond -: services used up 2.00003 lives of devices, more than the fleet could in that year",
			"2024 980.064+0=0+327.583+0+652.481 beyond 0"}},
		{"nor of what is not there yet", covered, eight, []logRow{served("x", "o", 1, 2022)}, []string{
			"2022 -+-=-+-+-+- beyond -: services ran on these devices before the first of the fleet was put into service",
			"2023 0+1306.75=0+326.688+0+980.064 beyond 0",
			"2024 980.064+0=0+327.583+0+652.481 beyond 0"}},
		{"an owner's fleet is that of the owner's services", "group_by: [organisation, hardware]\nreconcile: {fleet: by_owner, reason: each runs on its own}\n",
			append(eight, devices("b", "idle", 8, "2024-01-01", "")), []logRow{served("x", "o", 35040, 2023), served("y", "p", 5, 2024)}, []string{
				"2024 0+1306.75=-+-+0+979.169 beyond -: no service of the owner is documented, so that nobody knows whether the devices stood idle",
				"2023 0+1306.75=163.344+163.344+0+980.064 beyond 0",
				"2024 980.064+0=0+327.583+0+652.481 beyond 0",
				"0 -+-=-+-+-+- beyond -: services ran on these devices, and no row of the fleet has them"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, _ := reconciliation(t, fleetStudy(t, c.what, c.fleet, c.services, 1))
			var got []string
			for i := range rows {
				got = append(got, accountText(&rows[i]))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// What planned, partial, alternative and filtered rows hold enters no total, and no account.
func TestOnlyRowsThatEnterTotalsAreAccountedFor(t *testing.T) {
	planned, part, filtered := devices("b", "o", 80, "2023-01-01", ""), devices("c", "o", 4, "2023-01-01", ""), devices("d", "o", 5, "2023-01-01", "")
	planned["count_basis"], part["part_of"], filtered["region"] = "planned", "a", "SWE"
	rows, _ := reconciliation(t, fleetStudy(t, covered+"where: {fleet: 'region == \"FRA\"'}\n", []logRow{devices("a", "o", 8, "2023-01-01", ""), planned, part, filtered}, []logRow{served("x", "o", 35040, 2023)}, 10))
	if got := accountText(&rows[0]); got != "2023 0+1306.75=163.344+163.344+0+980.064 beyond 0" {
		t.Error(got)
	}
}

// The observatory's method reconciles: what services are charged for devices, hosts, buildings and transport is what the fleet was manufactured at, per device.
func TestTheObservatorysMethodReconciles(t *testing.T) {
	s := fleetStudy(t, covered, []logRow{devices("a", "o", 8, "2023-01-01", ""), devices("b", "o", 16, "2024-03-01", "2024-12-31")}, []logRow{served("x", "o", 35040, 2023), served("y", "p", 70272, 2024)}, 1)
	s.Method, s.Pack = "observatory@1.1.0", "open@2025.2"
	s.Gaps = []Gap{{Factor: "electricity", Reason: "a test"}, {Factor: "transport", Reason: "a test"}, {Factor: "embodied", Reason: "a test"}, {Factor: "end_of_life", Reason: "a test"}}
	rows, sum := reconciliation(t, s)
	years := map[string]int{}
	for i := range rows {
		x := &rows[i]
		if x.Status != reconciled || x.Services == nil {
			t.Errorf("%s: %s", x.Category, accountText(x))
			continue
		}
		if *x.Opening+*x.Manufactured != *x.Services+*x.Unused+*x.WrittenOff+*x.Closing {
			t.Errorf("%s: %s does not hold", x.Category, accountText(x))
		}
		years[x.Category]++
	}
	if years["climate_change"] != 2 || years["primary_energy"] != 2 || years["abiotic_depletion"] != 2 {
		t.Errorf("years by category: %v", years)
	}
	report, err := os.ReadFile(filepath.Join(sum.Folder, "report.en.html"))
	if err != nil || !strings.Contains(string(report), "Where the perspectives meet") {
		t.Errorf("the report does not show the account: %v", err)
	}
}

// Without a word of the study nothing is reconciled, and the ledger says so; a word that says nothing is refused.
func TestAStudyMustSayThatFleetAndServicesAreTheSame(t *testing.T) {
	fleet, services := []logRow{devices("a", "o", 8, "2023-01-01", "")}, []logRow{served("x", "o", 35040, 2023)}
	sum, err := Run(context.Background(), fleetStudy(t, "", fleet, services, 10), Options{Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(sum.Folder, "reconciliation.parquet")); err == nil {
		t.Error("a table is written that nobody asked for")
	}
	if !slices.ContainsFunc(ledgerOf(t, sum.Folder), func(e lca.Entry) bool {
		return e.Type == entryReconciled && e.Class == "not_reconciled" && e.Detail == undeclared
	}) {
		t.Error("the ledger does not say that nothing is reconciled")
	}
	for what, want := range map[string]string{
		"group_by: [hardware]\nreconcile: {fleet: all, reason: x}\n":                  `fleet is "all"`,
		"group_by: [hardware]\nreconcile: {fleet: covers, reason: ' '}\n":             "needs a reason",
		"group_by: [item]\nreconcile: {fleet: covers, reason: x}\n":                   "reconciled for each hardware, by which the study does not group",
		"group_by: [hardware]\nreconcile: {fleet: by_owner, reason: x}\n":             "reconciled for each organisation, by which the study does not group",
		"amounts: [a]\ngroup_by: [hardware]\nreconcile: {fleet: covers, reason: x}\n": "do not hold the days of a fleet",
	} {
		var probs diag.List
		parse("study.yaml", []byte("study: s\nyear: 2024\nmethod: m@1\npack: p@1\ninventories: {fleet: f.parquet}\n"+what), &probs)
		if err := probs.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
}

// Of fleets and services at random the account holds to the bit in every year; what it has as manufactured and amortised to services is what the totals of both
// perspectives have; and it does not depend on the order of the rows or their cut into row groups.
func TestTheAccountOfAStudyHoldsToTheBit(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	for range 8 {
		var fleet, services []logRow
		for i := range 1 + r.IntN(20) {
			from := time.Date(2019+r.IntN(5), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
			retired := ""
			if r.IntN(2) == 0 {
				retired = from.AddDate(r.IntN(5), r.IntN(12), 1).Format(time.DateOnly)
			}
			fleet = append(fleet, devices(fmt.Sprint("f", i), fmt.Sprint("o", r.IntN(3)), float64(100+r.IntN(1000)), from.Format(time.DateOnly), retired))
		}
		for i := range 1 + r.IntN(30) {
			services = append(services, served(fmt.Sprint("s", i), fmt.Sprint("o", r.IntN(3)), r.Float64()*1e4, 2021+r.IntN(4)))
		}
		rows, sum := reconciliation(t, fleetStudy(t, covered, fleet, services, 7))
		charged, made := map[int]float64{}, map[int]float64{}
		for _, i := range rowsOf[lca.Impact](t, sum.Folder, "impacts.parquet") {
			if i.Accounting == "location" && i.Perspective == "service" {
				charged[i.Year] += i.Value
			} else if i.Accounting == "location" {
				made[i.Year] += i.Value
			}
		}
		opening, in := 0.0, 0.0
		for i := range rows {
			x := &rows[i]
			if x.Opening == nil {
				continue
			}
			if *x.Opening != opening {
				t.Fatalf("%s opens with something else than %v", accountText(x), opening)
			}
			opening = *x.Closing
			in += made[x.Year]
			if math.Abs(*x.Manufactured-made[x.Year]) > 1e-14*in {
				t.Errorf("%s: the fleet's total has %v", accountText(x), made[x.Year])
			}
			if x.Services == nil {
				continue
			}
			if *x.Opening+*x.Manufactured != *x.Services+*x.Unused+*x.WrittenOff+*x.Closing {
				t.Errorf("%s does not hold", accountText(x))
			}
			if x.Status != reconciled || math.Abs(*x.Services+*x.BeyondLife-charged[x.Year]) > 1e-9*charged[x.Year]+1e-12*in {
				t.Errorf("%s: the services' total has %v", accountText(x), charged[x.Year])
			}
		}
		r.Shuffle(len(fleet), func(i, j int) { fleet[i], fleet[j] = fleet[j], fleet[i] })
		r.Shuffle(len(services), func(i, j int) { services[i], services[j] = services[j], services[i] })
		_, again := reconciliation(t, fleetStudy(t, covered, fleet, services, 1+r.IntN(3)))
		var tables [2]string
		for i, folder := range []string{sum.Folder, again.Folder} {
			content, err := os.ReadFile(filepath.Join(folder, "reconciliation.parquet"))
			if err != nil {
				t.Fatal(err)
			}
			tables[i] = string(content)
		}
		if tables[0] != tables[1] {
			t.Fatal("another order gives another table")
		}
	}
}
