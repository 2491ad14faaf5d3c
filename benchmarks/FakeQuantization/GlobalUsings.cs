global using GraphTensor = QatPipeline.Graphs.Model.Tensor;
global using Tensor = TorchSharp.torch.Tensor;

