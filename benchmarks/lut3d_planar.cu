// The layout that published 3D tables for training use, as plainly as it can be written: the table
// in three planes, a thread a pixel, one float a load, no mask, no vectors; in the gradient an
// atomic addition for every corner and channel.
#include <c10/cuda/CUDAStream.h>
#include <torch/extension.h>

struct Cell {
  int at;      // of the corner 000 in a plane
  float w[8];  // of the corners, red fastest
};

__device__ Cell cell_of(const float* image, int i, int pixels, int n) {
  int index[3];
  float f[3];
  for (int c = 0; c < 3; ++c) {
    const float place = fminf(fmaxf(image[c * pixels + i], 0.0f), 1.0f) * (n - 1);
    index[c] = min(static_cast<int>(place), n - 2);
    f[c] = place - index[c];
  }
  Cell cell;
  cell.at = index[0] + n * (index[1] + n * index[2]);
  for (int j = 0; j < 8; ++j) {
    cell.w[j] = (j & 1 ? f[0] : 1 - f[0]) * (j & 2 ? f[1] : 1 - f[1]) * (j & 4 ? f[2] : 1 - f[2]);
  }
  return cell;
}

__device__ int corner(int j, int n) { return (j & 1) + n * ((j >> 1 & 1) + n * (j >> 2)); }

__global__ void forward(const float* image, const float* lut, float* out, int pixels, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= pixels) return;
  const Cell cell = cell_of(image, i, pixels, n);
  for (int c = 0; c < 3; ++c) {
    float sum = 0;
    for (int j = 0; j < 8; ++j) sum += cell.w[j] * lut[c * n * n * n + cell.at + corner(j, n)];
    out[c * pixels + i] = sum;
  }
}

__global__ void backward(const float* image, const float* gradient, float* of_lut, int pixels,
                         int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= pixels) return;
  const Cell cell = cell_of(image, i, pixels, n);
  for (int c = 0; c < 3; ++c) {
    const float g = gradient[c * pixels + i];
    for (int j = 0; j < 8; ++j) {
      atomicAdd(of_lut + c * n * n * n + cell.at + corner(j, n), cell.w[j] * g);
    }
  }
}

// image (3, H, W), lut (3, n, n, n) with red fastest.
void planar_forward(torch::Tensor image, torch::Tensor lut, torch::Tensor out) {
  const int pixels = static_cast<int>(image.numel() / 3), n = static_cast<int>(lut.size(1));
  forward<<<(pixels + 511) / 512, 512, 0, c10::cuda::getCurrentCUDAStream()>>>(
      image.data_ptr<float>(), lut.data_ptr<float>(), out.data_ptr<float>(), pixels, n);
}

void planar_backward(torch::Tensor image, torch::Tensor gradient, torch::Tensor of_lut) {
  const int pixels = static_cast<int>(image.numel() / 3), n = static_cast<int>(of_lut.size(1));
  backward<<<(pixels + 511) / 512, 512, 0, c10::cuda::getCurrentCUDAStream()>>>(
      image.data_ptr<float>(), gradient.data_ptr<float>(), of_lut.data_ptr<float>(), pixels, n);
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("forward", &planar_forward);
  m.def("backward", &planar_backward);
}
