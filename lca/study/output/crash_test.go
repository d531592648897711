//go:build linux || darwin

package output

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary runs itself as a child that does one of these things to a target.
func TestMain(m *testing.M) {
	target := os.Getenv("OUTPUT_TEST_TARGET")
	switch os.Getenv("OUTPUT_TEST_CHILD") {
	case "publish for ever":
		publishForEver(target)
	case "fill the disk":
		fillTheDisk(target)
	}
	os.Exit(m.Run())
}

func child(doing, target string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "OUTPUT_TEST_CHILD="+doing, "OUTPUT_TEST_TARGET="+target)...)
	cmd.Stderr = os.Stderr
	return cmd
}

func publishForEver(target string) {
	for n := 1; ; n++ {
		f, err := Begin(target)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if os.Getenv("OUTPUT_TEST_NO_SWAP") != "" {
			f.swap = func(string, string) error { return errNoSwap }
		}
		for _, name := range files {
			if err := write(f, name, strings.Repeat(fmt.Sprintf("generation %d\n", n), 2000)); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
		if err := f.Commit(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if n == 1 {
			fmt.Println("ready")
		}
	}
}

func TestKilledAtAnyInstantLeavesAWholeResult(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, way := range []string{"", "OUTPUT_TEST_NO_SWAP=1"} {
		t.Run(way, func(t *testing.T) {
			parent := t.TempDir()
			target := filepath.Join(parent, "study")
			leftovers := 0
			for range 20 {
				cmd := child("publish for ever", target, way)
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if line, _ := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
					t.Fatalf("the child says %q", line)
				}
				time.Sleep(time.Duration(random.IntN(30_000)) * time.Microsecond)
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				cmd.Wait()
				if entries, _ := os.ReadDir(parent); len(entries) > 1 {
					leftovers++
				}
				if way == "" || exists(target) { // between two renames it may be away
					generation(t, target)
				}
				f, err := Begin(target) // clears away what the dead left, and puts back what it had set aside
				if err != nil {
					t.Fatal(err)
				}
				f.Discard()
				generation(t, target)
				alone(t, parent, "study")
			}
			if leftovers == 0 {
				t.Error("no child was killed while it wrote: the test shows nothing")
			}
		})
	}
}

func TestALivingRunIsLeftAlone(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "study")
	mine, err := Begin(target)
	if err != nil {
		t.Fatal(err)
	}
	cmd := child("fill the disk", target) // it begins, fails and discards
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if !exists(mine.temp) {
		t.Fatal("another process cleared a living run's folder away")
	}
	if err := errors.Join(write(mine, Marker, "{}"), mine.Commit()); err != nil {
		t.Fatal(err)
	}
	alone(t, parent, "study")
}

// fillTheDisk writes over the limit of a file's size, as a full disk would stop it, and exits 0 where Commit says so.
func fillTheDisk(target string) {
	limit := syscall.Rlimit{Cur: 4096, Max: 4096}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := publish(target, "too large"); !errors.Is(err, syscall.EFBIG) {
		fmt.Fprintln(os.Stderr, "expected EFBIG from a write, got", err)
		os.Exit(1)
	}
	f, err := Begin(target)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	write(f, Marker, strings.Repeat("x", 10_000)) // whose failure nobody looks at
	if err := f.Commit(); !errors.Is(err, syscall.EFBIG) {
		fmt.Fprintln(os.Stderr, "expected EFBIG from Commit, got", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestAFullDiskLeavesTheFormerResult(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "study")
	if out, err := child("fill the disk", target).Output(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	alone(t, parent)
	if err := publish(target, "former"); err != nil {
		t.Fatal(err)
	}
	if out, err := child("fill the disk", target).Output(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if g := generation(t, target); g != "former" {
		t.Errorf("the former result became %q", g)
	}
	alone(t, parent, "study")
}
