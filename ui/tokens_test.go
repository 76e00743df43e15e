package ui

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// scheme is the colours of one scheme by the name of their custom property.
type scheme map[string]string

var (
	rootBlock = regexp.MustCompile(`(?s):root([^{]*)\{(.*?)\}`)
	property  = regexp.MustCompile(`(--[a-z-]+):\s*(#[0-9a-f]{6});`)
)

// schemes reads the three schemes from the style sheet. Dark and high contrast
// take what they do not set from light, as the cascade has it.
func schemes(t *testing.T) map[string]scheme {
	t.Helper()
	css := string(must("assets/css/tokens.css"))
	out := map[string]scheme{"light": {}, "dark": {}, "high": {}}
	dark := strings.Index(css, "@media (prefers-color-scheme: dark)")
	for _, m := range rootBlock.FindAllStringSubmatchIndex(css, -1) {
		selector, body := css[m[2]:m[3]], css[m[4]:m[5]]
		name := "light"
		switch {
		case strings.Contains(selector, `[data-contrast="high"]`):
			name = "high"
		case strings.TrimSpace(selector) != "":
			continue
		case m[0] > dark:
			name = "dark"
		}
		for _, p := range property.FindAllStringSubmatch(body, -1) {
			out[name][p[1]] = p[2]
		}
	}
	for _, name := range []string{"dark", "high"} {
		for p := range out["light"] {
			if out[name][p] == "" {
				t.Errorf("%s does not set %s", name, p)
			}
		}
	}
	if len(out["light"]) < 30 {
		t.Fatalf("only %d colours found: the test reads nothing", len(out["light"]))
	}
	return out
}

// luminance is WCAG 2.2's relative luminance of #rrggbb.
func luminance(hex string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// contrast is WCAG 2.2's contrast ratio, 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func TestContrast_KnownPairs(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#767676", "#ffffff", 4.54}, {"#1a1a1a", "#1a1a1a", 1}} {
		if got := contrast(c.a, c.b); math.Abs(got-c.want) > 0.01 {
			t.Errorf("contrast(%s, %s) = %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

// pairs lists which colour is written on which, and what contrast it needs:
// 7:1 what is read (WCAG 1.4.6), 4.5:1 other text (1.4.3), 3:1 edges and marks
// that mean something (1.4.11).
func pairs() []struct {
	fore, back string
	least      float64
} {
	type pair = struct {
		fore, back string
		least      float64
	}
	var out []pair
	add := func(least float64, fore string, backs ...string) {
		for _, b := range backs {
			out = append(out, pair{fore, b, least})
		}
	}
	fields := []string{"--place", "--take", "--watch", "--help", "--ask"}
	grounds := []string{"--ground", "--card", "--sunk"}
	add(7, "--ink", grounds...)
	add(7, "--ink-soft", grounds...)
	add(7, "--link", grounds...)
	add(7, "--on-act", "--act", "--act-over")
	add(7, "--on-alarm", "--alarm")
	for _, wash := range []string{"--good-wash", "--care-wash", "--bad-wash"} {
		add(7, "--ink", wash)
		add(4.5, "--ink-soft", wash)
	}
	for _, f := range fields {
		add(7, "--ink", f+"-wash")
		add(4.5, "--ink-soft", f+"-wash")
		add(4.5, f, append(grounds, f+"-wash")...)
		add(3, f+"-line", "--card", "--ground")
	}
	for _, tone := range []string{"--good", "--care", "--bad"} {
		add(4.5, tone, append(grounds, tone+"-wash")...)
	}
	add(4.5, "--care", "--take-wash")
	add(3, "--edge", grounds...)
	add(3, "--focus", grounds...)
	add(3, "--act", "--card", "--ground", "--place-wash")
	return out
}

func TestTokens_ContrastInEveryScheme(t *testing.T) {
	for name, colours := range schemes(t) {
		for _, p := range pairs() {
			fore, back := colours[p.fore], colours[p.back]
			if fore == "" || back == "" {
				t.Errorf("%s: no colour %s or %s", name, p.fore, p.back)
				continue
			}
			if got := contrast(fore, back); got < p.least {
				t.Errorf("%s: %s %s on %s %s is %.2f:1, needs %.1f:1", name, p.fore, fore, p.back, back, got, p.least)
			}
		}
	}
}

// Rules use tokens only, logical sides only, and nothing from elsewhere.
func TestStyles_OnlyTokensAndLogicalSides(t *testing.T) {
	colour := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(`)
	physical := regexp.MustCompile(`(margin|padding|border)-(left|right|top|bottom)\b|[ ;{](left|right|top|bottom|width|height|max-width|min-width|min-height|max-height):|text-align: (left|right)|float: (left|right)`)
	for _, name := range sheets {
		css := string(must("assets/css/" + name + ".css"))
		for i, line := range strings.Split(css, "\n") {
			at := fmt.Sprintf("%s.css:%d", name, i+1)
			if name != "tokens" && name != "print" && colour.MatchString(line) && !strings.Contains(line, "::backdrop") && !strings.Contains(line, ".qr svg") && !strings.Contains(line, "::selection") {
				t.Errorf("%s: a colour that is no token: %s", at, line)
			}
			if physical.MatchString(strings.ReplaceAll(line, "(min-height:", "")) && !strings.HasPrefix(strings.TrimSpace(line), "@media") {
				t.Errorf("%s: a physical side: %s", at, line)
			}
			if strings.Contains(line, "url(") || strings.Contains(line, "@import") {
				t.Errorf("%s: fetches something: %s", at, line)
			}
		}
	}
}

func TestAssets_StaySmall(t *testing.T) {
	for name, most := range map[string]int{StyleName: 60_000, ScriptName: 12_000, IconName: 1_000} {
		if n := len(joined()[name].Data); n == 0 || n > most {
			t.Errorf("%s has %d bytes, want 1 to %d", name, n, most)
		}
	}
}

// Every part of the style sheet is in it, so that none is forgotten.
func TestAssets_JoinEverySheet(t *testing.T) {
	files, err := assets.ReadDir("assets/css")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(sheets) {
		t.Errorf("%d files in assets/css, %d joined", len(files), len(sheets))
	}
}
