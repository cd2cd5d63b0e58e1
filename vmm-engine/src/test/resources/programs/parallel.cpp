// OpenMP, the threads of C++20 and its file system.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <iomanip>
#include <iostream>
#include <latch>
#include <omp.h>
#include <random>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace fs = std::filesystem;
using namespace std::chrono_literals;
thread_local int own = 5;

static void openmp() {
    double sum = 0;
#pragma omp parallel for reduction(+ : sum) num_threads(4) schedule(static)
    for (int i = 1; i < 20000; i++) sum += 1.0 / i;
    int ordered = 0, tasks = 0;
#pragma omp parallel num_threads(3)
    {
#pragma omp critical
        ordered += omp_get_thread_num();
#pragma omp barrier
#pragma omp for ordered
        for (int i = 0; i < 6; i++) {
#pragma omp ordered
            ordered = ordered * 3 + i;
        }
    }
#pragma omp parallel num_threads(4)
#pragma omp single
    for (int i = 0; i < 20; i++) {
#pragma omp task shared(tasks)
        {
#pragma omp atomic
            tasks += i;
        }
    }
    std::cout << std::setprecision(10) << sum << " " << ordered << " " << tasks << "\n";
}

static void threads() {
    std::barrier barrier(3);
    std::latch latch(3);
    std::counting_semaphore<4> semaphore(2);
    std::atomic<int> count{0};
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < 3; i++) {
            workers.emplace_back([&](std::stop_token stop) {
                semaphore.acquire();
                count += own++;
                semaphore.release();
                barrier.arrive_and_wait();
                count++;
                latch.count_down();
                while (!stop.stop_requested()) std::this_thread::yield();
            });
        }
        latch.wait();
    }
    std::cout << count << " " << own << "\n";
    auto failing = std::async(std::launch::async, []() -> int { throw std::runtime_error("from a thread"); });
    try {
        failing.get();
    } catch (std::exception &e) {
        std::cout << e.what() << "\n";
    }
    std::mutex mutex;
    std::condition_variable changed;
    bool ready = false;
    std::jthread notifier([&] {
        std::this_thread::sleep_for(10ms);
        std::lock_guard lock(mutex);
        ready = true;
        changed.notify_all();
    });
    std::unique_lock lock(mutex);
    std::cout << changed.wait_for(lock, 60s, [&] { return ready; });
    std::cout << (changed.wait_for(lock, 5ms) == std::cv_status::timeout) << "\n";
}

static void files() {
    fs::create_directories("x/y/z");
    std::ofstream("x/y/f") << "data";
    std::ofstream("x/g") << 1.5;
    fs::create_symlink("g", "x/l");
    fs::copy("x", "x2", fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    std::vector<std::string> names;
    for (auto &entry : fs::recursive_directory_iterator("x2")) names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    for (auto &name : names) std::cout << name << " ";
    std::cout << fs::file_size("x/g") << " " << fs::remove_all("x2") << "\n";
    fs::last_write_time("x/g", fs::file_time_type::clock::now() - 5h);
    fs::permissions("x/g", fs::perms::owner_read);
    std::cout << (fs::space(".").capacity > 0) << (int)fs::status("x/g").permissions() << fs::canonical("x/y/..").filename()
              << "\n";
}

int main() {
    openmp();
    threads();
    files();
    std::mt19937_64 engine(42);
    std::cout << std::normal_distribution<>()(engine) << " " << std::hexfloat << 1.1 << std::endl;
    std::set_terminate([] {
        std::cout << "terminated" << std::endl;
        std::_Exit(9);
    });
    std::thread([] { throw 1; }).join();
}
