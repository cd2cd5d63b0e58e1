// C++ on threads: std::thread, std::async, std::mutex, std::condition_variable, exceptions that cross threads.
#include <atomic>
#include <condition_variable>
#include <future>
#include <iostream>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

int main() {
    std::vector<long> numbers(10000);
    std::iota(numbers.begin(), numbers.end(), 1);
    std::atomic<long> total{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 5; t++) {
        threads.emplace_back([&, t] {
            long sum = 0;
            for (size_t i = t; i < numbers.size(); i += 5) sum += numbers[i];
            total += sum;
        });
    }
    for (auto &thread : threads) thread.join();
    std::cout << "total " << total << std::endl;

    auto future = std::async(std::launch::async, [](int n) { long f = 1; while (n > 1) f *= n--; return f; }, 15);
    std::cout << "factorial " << future.get() << std::endl;
    auto failing = std::async(std::launch::async, []() -> int { throw std::runtime_error("from afar"); });
    try {
        failing.get();
    } catch (const std::exception &e) {
        std::cout << "caught " << e.what() << std::endl;
    }
    std::mutex mutex;
    std::condition_variable changed;
    int stage = 0;
    std::thread other([&] {
        std::unique_lock<std::mutex> lock(mutex);
        changed.wait(lock, [&] { return stage == 1; });
        stage = 2;
        changed.notify_all();
    });
    {
        std::unique_lock<std::mutex> lock(mutex);
        stage = 1;
        changed.notify_all();
        changed.wait(lock, [&] { return stage == 2; });
    }
    other.join();
    std::cout << "stage " << stage << std::endl;
}
