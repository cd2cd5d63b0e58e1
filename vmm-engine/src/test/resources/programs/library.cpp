// What the C++ library leans on: exceptions through many frames, streams, containers, regular expressions, locales.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <locale>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <unordered_map>
#include <vector>

struct Trace {
    std::string name;
    explicit Trace(std::string n) : name(std::move(n)) {}
    ~Trace() { std::cout << "~" << name << ' '; }
};

struct Base {
    virtual ~Base() = default;
    virtual std::string name() const { return "base"; }
};
struct Derived : Base {
    std::string name() const override { return "derived"; }
};

class Deep : public std::runtime_error {
public:
    int depth;
    explicit Deep(int d) : std::runtime_error("at depth " + std::to_string(d)), depth(d) {}
};

static int fall(int n) {
    Trace trace("f" + std::to_string(n));
    if (n == 0) throw Deep(7);
    try {
        return fall(n - 1) + 1;
    } catch (const Deep &deep) {
        if (n % 3 == 0) std::throw_with_nested(std::logic_error("level " + std::to_string(n)));
        throw;
    }
}

static void tell(const std::exception &e, int level = 0) {
    std::cout << std::string(level * 2, ' ') << typeid(e).name() << ": " << e.what() << '\n';
    try {
        std::rethrow_if_nested(e);
    } catch (const std::exception &inner) {
        tell(inner, level + 1);
    }
}

struct Grouped : std::numpunct<char> {
    char do_thousands_sep() const override { return '\''; }
    std::string do_grouping() const override { return "\3"; }
    char do_decimal_point() const override { return ','; }
};

static void exceptions() {
    try {
        fall(5);
    } catch (const std::exception &e) {
        std::cout << '\n';
        tell(e);
    }
    for (int i = 0; i < 4; i++) {
        try {
            switch (i) {
                case 0: std::vector<int>(3).at(10) = 1; break;
                case 1: (void) std::stoi("none"); break;
                case 2: (void) dynamic_cast<Derived &>(*std::make_unique<Base>()); break;
                default: throw 42;
            }
        } catch (const std::exception &e) {
            std::cout << e.what() << '\n';
        } catch (int n) {
            std::cout << n << '\n';
        }
    }
}

static void containers() {
    std::mt19937 random(2024);
    std::map<std::string, std::vector<int>> words;
    std::unordered_map<int, int> counts;
    for (int i = 0; i < 2000; i++) {
        int n = random() % 97;
        words[std::string(1 + n % 5, char('a' + n % 26))].push_back(n);
        counts[n]++;
    }
    for (const auto &[word, numbers] : words)
        if (numbers.size() > 60) std::cout << word << '=' << std::accumulate(numbers.begin(), numbers.end(), 0) << ' ';
    std::multiset<int> sizes;
    for (const auto &[n, count] : counts) sizes.insert(count);
    std::cout << *sizes.begin() << ' ' << *sizes.rbegin() << '\n';
    std::vector<double> values(500);
    std::normal_distribution<double> normal(0, 1);
    for (double &v : values) v = normal(random);
    std::sort(values.begin(), values.end(), std::greater<>());
    double sum = std::accumulate(values.begin(), values.end(), 0.0);
    std::cout << std::setprecision(17) << values.front() << ' ' << values.back() << ' ' << sum << '\n';
}

static void streams() {
    std::cout << std::fixed << std::setprecision(6) << 3.14159265358979 << ' ' << std::scientific << 6.02e23 << ' '
              << std::defaultfloat << 1e-7 << ' ' << std::hexfloat << 0.1 << std::defaultfloat << '\n';
    std::cout << std::setw(12) << std::left << "left" << '|' << std::right << std::setw(8) << std::setfill('*') << 42
              << '|' << std::setfill(' ') << std::hex << std::showbase << 255 << std::dec << std::noshowbase << '\n';
    std::ostringstream out;
    out.imbue(std::locale(std::locale::classic(), new Grouped));
    out << 1234567 << ' ' << 1234.5;
    std::istringstream in("12 0x1f 3.5 word true");
    int a, b;
    double c;
    std::string d;
    bool e;
    in >> a >> std::hex >> b >> c >> d >> std::boolalpha >> e;
    std::cout << out.str() << ' ' << a << ' ' << b << ' ' << c << ' ' << d << ' ' << e << '\n';
    {
        std::ofstream file("table.txt");
        for (int i = 1; i <= 50; i++) file << i << '\t' << std::sqrt(i) << '\t' << std::pow(i, 1.5) << '\n';
    }
    std::ifstream file("table.txt");
    std::string line;
    int lines = 0;
    size_t letters = 0;
    while (std::getline(file, line)) lines++, letters += line.size();
    std::cout << lines << ' ' << letters << ' ' << file.eof() << '\n';
}

static void patterns() {
    std::regex date(R"((\d{4})-(\d{2})-(\d{2}))");
    std::string text = "from 2019-03-01 to 2024-12-31, not 20-1-1";
    for (std::sregex_iterator it(text.begin(), text.end(), date), end; it != end; ++it)
        std::cout << (*it)[3] << '.' << (*it)[2] << '.' << (*it)[1] << ' ';
    std::cout << std::regex_replace(text, std::regex("[aeiou]"), "<$&>") << '\n';
    try {
        std::regex broken("(unclosed");
    } catch (const std::regex_error &e) {
        std::cout << "regex_error " << e.code() << '\n';
    }
}

int main(int argc, char **argv) {
    std::ios::sync_with_stdio(argc > 1);
    exceptions();
    containers();
    streams();
    patterns();
    std::string line;
    int n = 0;
    while (std::getline(std::cin, line)) std::cout << ++n << ": " << std::string(line.rbegin(), line.rend()) << '\n';
    long double third = 1.0L / 3;
    std::printf("%.20Lf %a %g %s\n", third, 1.0 / 3, std::lgamma(5.5), Derived().name().c_str());
    std::vector<std::function<double(double)>> functions = {
        [](double x) { return std::sin(x); }, [](double x) { return std::exp(x); }, [](double x) { return std::cbrt(x); }};
    for (auto &f : functions) std::cout << std::setprecision(15) << f(1.25) << ' ';
    std::cout << std::endl;
    return 7;
}
